using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Torch;

namespace Groundling.Evaluation;

/// <summary>Judges masks by the benchmark's rules.</summary>
/// <param name="benchmark">The data.</param>
/// <param name="protocol">At which resolution prediction and ground truth meet.</param>
public sealed class Evaluator(PngBenchmark benchmark, ResolutionProtocol protocol)
{
    /// <summary>The narratives with at least one phrase to judge, in the file's order, lazily.</summary>
    /// <param name="faults">Receives what the files get wrong.</param>
    /// <param name="limit">How many at most; null for all.</param>
    /// <exception cref="InputException">The annotations are damaged.</exception>
    public IEnumerable<EvaluationCase> Cases(BenchmarkFaults faults, int? limit = null)
    {
        using var records = NarrativeReader.ReadAll(benchmark.NarrativesPath).GetEnumerator();
        int at = -1,
            given = 0;
        foreach (var example in benchmark.Read(faults))
        {
            while (at < example.Index && records.MoveNext())
                at++;
            if (example.Phrases.Count == 0)
                continue;
            yield return new EvaluationCase(example, Numbers(records.Current!, example));
            if (++given == limit)
                yield break;
        }
    }

    /// <summary>Grounds one narrative and judges the masks.</summary>
    /// <param name="given">The narrative.</param>
    /// <param name="segmenter">The method.</param>
    /// <param name="threshold">A pixel is inside when its probability is greater.</param>
    /// <param name="cancellation">Stops between stages.</param>
    /// <exception cref="InputException">The picture or its annotation cannot be read, or the method cannot read a phrase.</exception>
    public NarrativeResult Evaluate(
        EvaluationCase given,
        IPhraseSegmenter segmenter,
        double threshold,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(segmenter);
        using var pause = CollectionPause.Begin();
        var letterbox = LetterboxOf(given, segmenter.Size);
        try
        {
            using var probabilities = segmenter.Segment(given, cancellation);
            return Judge(given, letterbox, protocol.Predictions(probabilities, threshold, letterbox));
        }
        catch (InputException e)
            when (!e.Message.Contains(given.Example.PicturePath, StringComparison.Ordinal)
                && !e.Message.Contains(given.Example.PanopticPath, StringComparison.Ordinal)
            )
        {
            throw new InputException($"{benchmark.NarrativesPath}, narrative {given.Example.Index}: {e.Message}", e);
        }
    }

    /// <summary>Judges one narrative's masks.</summary>
    /// <param name="given">The narrative.</param>
    /// <param name="letterbox">How a picture of the annotation's size lies in the network's input.</param>
    /// <param name="masks">A mask for each phrase at the judged size; null where there is none, which counts as an empty mask.</param>
    /// <exception cref="InputException">The annotation cannot be read.</exception>
    public NarrativeResult Judge(EvaluationCase given, Letterbox letterbox, IReadOnlyList<RunLengthMask?> masks)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(masks);
        var example = given.Example;
        var truths = protocol.Truth(given.Truth, letterbox);
        var (width, height) = protocol.JudgedSize(letterbox);
        var phrases = new List<PhraseResult>();
        RunLengthMask[] judged = [.. masks.Select(mask => mask ?? RunLengthMask.Empty(width, height))];
        foreach (var (i, phrase) in example.Phrases.Index())
        {
            var mask = judged[i];
            phrases.Add(
                new PhraseResult(
                    given.Numbers[i],
                    phrase.Span.Text,
                    phrase.Span.Start,
                    phrase.Segments.Count,
                    phrase.PluralFlag,
                    phrase.LastIsThing,
                    phrase.Segments[^1].CategoryId,
                    mask.IoU(truths[i]),
                    truths[i].Area,
                    mask.Area,
                    masks[i] is null,
                    mask.ToCompressed()
                )
            );
        }
        return new NarrativeResult(example.Index, example.ImageId, width, height, given.WrongAreas, given.OtherSize, phrases)
        {
            SameNoun = SameNounPairs.Of(example.Phrases, truths, judged),
        };
    }

    /// <summary>How a picture of the annotation's size lies in the network's input.</summary>
    /// <param name="given">The narrative.</param>
    /// <param name="size">The network's longer side; 0 keeps the picture's own.</param>
    public static Letterbox LetterboxOf(EvaluationCase given, int size)
    {
        ArgumentNullException.ThrowIfNull(given);
        return Letterbox.Fit(given.Truth[0].Width, given.Truth[0].Height, size);
    }

    /// <summary>
    /// The places of an example's phrases among its record's phrases with ground truth; those that were left out leave gaps.
    /// </summary>
    private static List<int> Numbers(Narrative record, BenchmarkExample example)
    {
        var grounded = record.Segments.Where(s => s.IsGrounded).ToList();
        var placed = record.ToCaption();
        var byStart = placed.Grounded.ToDictionary(
            i => placed.Caption.Phrases[i].Start,
            i => grounded.FindIndex(s => ReferenceEquals(s, placed.Sources[i]))
        );
        return [.. example.Phrases.Select(p => byStart[p.Span.Start])];
    }
}
