using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;

namespace Groundling.Training;

/// <summary>What a pretraining learns from and is measured on.</summary>
internal sealed class PretrainingData
{
    /// <param name="settings">Which splits.</param>
    /// <param name="data">The benchmark's folder.</param>
    /// <exception cref="InputException">The data cannot be read, or there are none.</exception>
    public PretrainingData(PretrainingDataSettings settings, string data)
    {
        var (learnt, measured) = (PngBenchmark.Open(data, settings.Train), PngBenchmark.Open(data, settings.Validation));
        var rehearsed = settings.Rehearsed.Length > 0 ? PngBenchmark.Open(data, settings.Rehearsed) : null;
        (Learnt, Measured) = (Set("train", learnt, settings.Side), Set("validation", measured, settings.Side));
        Rehearsed = rehearsed is null ? null : Set("rehearsed", rehearsed, settings.RehearsedSide);
        PngBenchmark[] splits = [.. new[] { learnt, measured, rehearsed }.OfType<PngBenchmark>()];
        RequireOneMeaning(splits);
        RequireSquareMaps(Measured);
        string[] files = [.. splits.SelectMany(ContentMark.FilesOf)];
        var told = settings.CaptionSplits.Select(split => PngBenchmark.Open(data, split, annotationsOnly: true)).ToList();
        Captions =
        [
            .. Learnt.Captions,
            .. told.SelectMany(split => Enumerable.Range(0, split.Count).Select(place => split[place].Caption)),
        ];
        Mark = ContentMark.OfFiles(data, files);
        CaptionMark = ContentMark.OfFiles(data, [.. files, .. told.Select(split => split.NarrativesPath)]);
    }

    /// <summary>The pictures that all stages learn from.</summary>
    public PictureSet Learnt { get; }

    /// <summary>The pictures that the stages are measured on.</summary>
    public PictureSet Measured { get; }

    /// <summary>The pictures of another split that the UNet sees now and then, lest it forgets them.</summary>
    public PictureSet? Rehearsed { get; }

    /// <summary>All of them.</summary>
    public IEnumerable<PictureSet> Sets => Rehearsed is null ? [Learnt, Measured] : [Learnt, Measured, Rehearsed];

    /// <summary>The captions of vocabulary and text encoder; some may have no pictures.</summary>
    public IReadOnlyList<Caption> Captions { get; }

    /// <summary>The files of all pictures.</summary>
    public ContentMark Mark { get; }

    /// <summary>These and the files of the captions without pictures.</summary>
    public ContentMark CaptionMark { get; }

    /// <summary>What the files get wrong.</summary>
    public BenchmarkFaults Faults { get; } = new();

    private PictureSet Set(string name, PngBenchmark benchmark, int side)
    {
        var examples = benchmark.Read(Faults).ToList();
        return examples.Count > 0
            ? new(name, examples, benchmark.Categories, side)
            : throw new InputException(
                $"{benchmark.NarrativesPath}: there is no narrative with a picture; check the data with: groundling data check DATA"
            );
    }

    /// <summary>Splits may have other categories, but none that means another thing in another split.</summary>
    private static void RequireOneMeaning(IEnumerable<PngBenchmark> splits)
    {
        var known = new Dictionary<int, (string Name, string Path)>();
        foreach (var split in splits)
        foreach (var (id, category) in split.Categories)
            if (!known.TryAdd(id, (category.Name, split.PanopticPath)) && known[id].Name != category.Name)
                throw new InputException(
                    $"category {id} is '{category.Name}' in {split.PanopticPath} and '{known[id].Name}' in {known[id].Path}; give a category one id and one name in all splits"
                );
    }

    /// <summary>Pictures are squares, and so must be what is annotated of those whose attention is measured.</summary>
    private static void RequireSquareMaps(PictureSet measured)
    {
        if (measured.Examples.FirstOrDefault(example => example.Width != example.Height) is { } other)
            throw new InputException(
                $"{other.PanopticPath} is annotated as {other.Width} x {other.Height}, but pictures to learn from are squares; cut both alike"
            );
    }
}
