namespace Groundling.Data.Benchmark;

/// <summary>The Panoptic Narrative Grounding benchmark in its folder: narratives, panoptic annotations, pictures.</summary>
/// <remarks>
/// The annotation files are read once and packed into an index beside the narratives; later openings take the index, as long as
/// the annotation files stay the same. Safe for several threads.
/// </remarks>
public sealed class PngBenchmark
{
    private readonly BenchmarkIndex _index;
    private readonly string _pictures;
    private readonly string[] _panopticFolders;

    private PngBenchmark(string folder, string split, bool annotationsOnly)
    {
        var annotations = Path.Combine(folder, "annotations");
        Split = split;
        NarrativesPath = Path.Combine(annotations, $"png_coco_{split}2017.json");
        PanopticPath = Path.Combine(annotations, $"panoptic_{split}2017.json");
        _pictures = Path.Combine(folder, "images", $"{split}2017");
        _panopticFolders =
        [
            Path.Combine(annotations, "panoptic_segmentation", $"{split}2017"),
            Path.Combine(annotations, $"panoptic_{split}2017"),
            Path.Combine(annotations, $"panoptic_{split}"),
        ];
        RequireFolder([annotations], "unpack the benchmark's and COCO's panoptic annotations there");
        foreach (var file in (string[])[NarrativesPath, PanopticPath])
            if (!File.Exists(file))
                throw new InputException(
                    $"{file} does not exist; the benchmark's folder holds annotations/png_coco_{split}2017.json and annotations/panoptic_{split}2017.json."
                );
        if (!annotationsOnly)
        {
            RequireFolder(_panopticFolders, "unpack COCO's panoptic PNG files there");
            RequireFolder([_pictures], $"unpack COCO's {split}2017 pictures there");
        }
        _index = BenchmarkIndex.Open(NarrativesPath, PanopticPath);
    }

    /// <summary>"train", "val", or "compositional" for generated scenes.</summary>
    public string Split { get; }

    /// <summary>The png_coco_*.json file.</summary>
    public string NarrativesPath { get; }

    /// <summary>The panoptic_*.json file.</summary>
    public string PanopticPath { get; }

    /// <summary>The categories by id.</summary>
    public IReadOnlyDictionary<int, PanopticCategory> Categories => _index.Categories;

    /// <summary>Narratives in the file, good or not.</summary>
    public int Narratives => _index.Narratives;

    /// <summary>Images with a panoptic annotation.</summary>
    public int Images => _index.Images;

    /// <summary>Narratives that have a caption and an annotated image, whether or not the files are there.</summary>
    public int Count => _index.Examples;

    /// <summary>True where the annotation files had to be read, false where the index was taken.</summary>
    public bool WasIndexed => _index.WasBuilt;

    /// <summary>Why the index could not be kept; null where it was.</summary>
    public string? Note => _index.Note;

    /// <summary>Opens the benchmark's folder.</summary>
    /// <param name="folder">The folder that holds "annotations" and "images".</param>
    /// <param name="split">"train", "val", or "compositional" for generated scenes.</param>
    /// <param name="annotationsOnly">Do without the pictures and the panoptic PNG files.</param>
    /// <exception cref="InputException">A file or folder is missing, or the annotations are damaged; the message names it.</exception>
    public static PngBenchmark Open(string folder, string split, bool annotationsOnly = false)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(split);
        RequireSplit(split);
        if (File.Exists(folder))
            throw new InputException(
                $"{folder} is {(folder.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? "a zip file: unpack it, and" : "a file;")} give the folder that holds \"annotations\" and \"images\"."
            );
        return Directory.Exists(folder)
            ? new PngBenchmark(folder, split, annotationsOnly)
            : throw new InputException($"{folder} does not exist; give the folder that holds \"annotations\" and \"images\".");
    }

    /// <exception cref="InputException">It cannot be a split's name.</exception>
    internal static void RequireSplit(string split)
    {
        if (split.Length == 0 || !split.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
            throw new InputException($"The split \"{split}\" is not a name; give train, val or compositional.");
    }

    /// <summary>One example, whether or not its files are there.</summary>
    /// <param name="place">0 to <see cref="Count"/> - 1.</param>
    public BenchmarkExample this[int place]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(place);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Count);
            var bare = _index.Example(place);
            return bare with { PicturePath = PicturePathOf(bare.PicturePath), PanopticPath = PanopticPathOf(bare.PanopticPath) };
        }
    }

    /// <summary>Where a picture lies.</summary>
    internal string PicturePathOf(string fileName) => Path.Combine(_pictures, fileName);

    /// <summary>Where a panoptic PNG lies: in the first folder that has it, or is there.</summary>
    internal string PanopticPathOf(string fileName) =>
        _panopticFolders.Select(folder => Path.Combine(folder, fileName)).FirstOrDefault(File.Exists)
        ?? Path.Combine(_panopticFolders.FirstOrDefault(Directory.Exists) ?? _panopticFolders[0], fileName);

    /// <summary>The examples in the file's order, lazily; what the files get wrong is counted and passed over.</summary>
    /// <param name="faults">Receives the counts.</param>
    public IEnumerable<BenchmarkExample> Read(BenchmarkFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        _index.AddFaultsTo(faults);
        for (int place = 0; place < Count; place++)
            if (this[place] is var example && HasFiles(example, faults))
                yield return example;
    }

    /// <summary>The examples by annotation alone.</summary>
    internal IEnumerable<BenchmarkExample> ReadAnnotations(BenchmarkFaults faults)
    {
        _index.AddFaultsTo(faults);
        for (int place = 0; place < Count; place++)
            yield return _index.Example(place);
    }

    private static bool HasFiles(BenchmarkExample example, BenchmarkFaults faults)
    {
        bool hasPicture = File.Exists(example.PicturePath),
            hasMap = File.Exists(example.PanopticPath);
        if (!hasPicture)
            faults.Add(FaultKind.MissingPicture, $"narrative {example.Index}: {example.PicturePath}");
        if (!hasMap)
            faults.Add(FaultKind.MissingMap, $"narrative {example.Index}: {example.PanopticPath}");
        return hasPicture && hasMap;
    }

    private static void RequireFolder(string[] places, string what)
    {
        if (places.Any(Directory.Exists))
            return;
        var packed = places.FirstOrDefault(File.Exists) ?? places.Select(place => place + ".zip").FirstOrDefault(File.Exists);
        throw new InputException(
            packed is null ? $"{places[0]} does not exist; {what}." : $"{packed} is a file, not the folder {places[0]}; {what}."
        );
    }
}
