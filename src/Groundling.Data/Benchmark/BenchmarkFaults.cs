using Groundling.Core;

namespace Groundling.Data.Benchmark;

/// <summary>
/// Counts the faults of the benchmark's files and keeps examples, so that a run survives them and still says so. Safe for several threads.
/// </summary>
public sealed class BenchmarkFaults
{
    /// <summary>Examples kept of each kind.</summary>
    public const int MostExamples = 5;

    private static readonly (FaultKind Kind, string What)[] Meanings =
    [
        (FaultKind.UnreadableRecord, "records lack a field or hold one of another kind (left out)"),
        (FaultKind.RepeatedImage, "images have a second panoptic annotation (first used)"),
        (FaultKind.RepeatedSegment, "segment ids occur twice in their image (first used)"),
        (FaultKind.RepeatedCategory, "category ids occur twice (first used)"),
        (FaultKind.UnknownCategory, "segments have a category that is not listed (counted as stuff)"),
        (FaultKind.BadBox, "boxes are not four finite numbers (not used)"),
        (FaultKind.UnsafeFileName, "file names lead out of their folder (the image's usual name used)"),
        (FaultKind.EmptyCaption, "captions are empty (left out)"),
        (FaultKind.RepeatedNarrative, "narratives occur a second time (kept)"),
        (FaultKind.ImageWithoutAnnotation, "narratives are of an image without panoptic annotation (left out)"),
        (FaultKind.MissingSegment, "segment ids are missing from the panoptic annotation (left out)"),
        (FaultKind.PhraseWithoutSegments, "phrases have no segment that exists (left out)"),
        (FaultKind.UnplacedUtterance, "utterances are not in their caption (left out)"),
        (FaultKind.NumberIds, "narratives give segment ids as numbers instead of texts (read all the same)"),
        (FaultKind.MissingPicture, "narratives have no picture (left out)"),
        (FaultKind.MissingMap, "narratives have no panoptic PNG (left out)"),
        (FaultKind.UnreadablePicture, "pictures cannot be read (left out)"),
        (FaultKind.UnreadableMap, "panoptic PNGs cannot be read (left out)"),
        (FaultKind.OtherSize, "pictures do not have the size of their panoptic PNG or annotation (left out)"),
        (FaultKind.WrongArea, "segments do not have as many pixels as their area says (pixels used)"),
        (FaultKind.UnlistedSegment, "ids in panoptic PNGs are not in the annotation (not used)"),
        (FaultKind.CategoryWithoutKind, "categories do not say by \"isthing\" whether they are things or stuff (counted as stuff)"),
    ];

    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[Meanings.Length];
    private readonly List<string>[] _examples = [.. Meanings.Select(_ => new List<string>())];

    /// <summary>How often a kind occurred.</summary>
    public int this[FaultKind kind] => _counts[(int)kind];

    /// <summary>The kinds that occurred, in the order in which the files are read.</summary>
    public IReadOnlyList<FaultKind> Kinds => [.. Meanings.Select(m => m.Kind).Where(kind => this[kind] > 0)];

    /// <summary>The first examples of a kind: which file, record and value.</summary>
    public IReadOnlyList<string> ExamplesOf(FaultKind kind)
    {
        lock (_lock)
            return [.. _examples[(int)kind]];
    }

    /// <summary>"3 segment ids are missing from the panoptic annotation (left out)".</summary>
    public string Describe(FaultKind kind) => $"{this[kind]} {Meanings[(int)kind].What}";

    /// <summary>One line for each kind of fault that occurred.</summary>
    public IReadOnlyList<string> Describe() => [.. Kinds.Select(Describe)];

    internal void Add(FaultKind kind, string example)
    {
        lock (_lock)
        {
            _counts[(int)kind]++;
            if (_examples[(int)kind].Count < MostExamples)
                _examples[(int)kind].Add(PlainText.InOneLine(example));
        }
    }

    internal void Add(FaultKind kind, int count, IEnumerable<string> examples)
    {
        lock (_lock)
        {
            _counts[(int)kind] += count;
            _examples[(int)kind].AddRange(examples.Take(MostExamples - _examples[(int)kind].Count));
        }
    }

    internal void Add(BenchmarkFaults others)
    {
        foreach (var kind in others.Kinds)
            Add(kind, others[kind], others.ExamplesOf(kind));
    }
}
