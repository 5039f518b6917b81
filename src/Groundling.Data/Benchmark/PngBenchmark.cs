namespace Groundling.Data;

/// <summary>The Panoptic Narrative Grounding benchmark in its folder: narratives, panoptic annotations, pictures.</summary>
public sealed class PngBenchmark
{
    private readonly string _pictures;
    private readonly string[] _panopticFolders;

    private PngBenchmark(string folder, string split)
    {
        var annotations = Path.Combine(folder, "annotations");
        Split = split;
        NarrativesPath = Path.Combine(annotations, $"png_coco_{split}2017.json");
        _pictures = Path.Combine(folder, "images", $"{split}2017");
        _panopticFolders = [Path.Combine(annotations, "panoptic_segmentation", $"{split}2017"), Path.Combine(annotations, $"panoptic_{split}2017"), Path.Combine(annotations, $"panoptic_{split}")];
        var panoptic = Path.Combine(annotations, $"panoptic_{split}2017.json");
        foreach (var file in (string[])[NarrativesPath, panoptic])
            if (!File.Exists(file))
                throw new InputException($"{file} does not exist; the benchmark's folder holds annotations/png_coco_{split}2017.json and annotations/panoptic_{split}2017.json.");
        if (!_panopticFolders.Any(Directory.Exists))
            throw new InputException($"{_panopticFolders[0]} does not exist; unpack COCO's panoptic PNG files there.");
        if (!Directory.Exists(_pictures))
            throw new InputException($"{_pictures} does not exist; unpack COCO's {split}2017 pictures there.");
        Panoptic = PanopticAnnotations.Read(panoptic);
    }

    /// <summary>"train" or "val".</summary>
    public string Split { get; }

    /// <summary>The png_coco_*.json file.</summary>
    public string NarrativesPath { get; }

    /// <summary>The panoptic annotations of the split.</summary>
    public PanopticAnnotations Panoptic { get; }

    /// <summary>Opens the benchmark's folder and reads the panoptic annotations.</summary>
    /// <param name="folder">The folder that holds "annotations" and "images".</param>
    /// <param name="split">"train" or "val".</param>
    /// <exception cref="InputException">A file or folder is missing, or the annotations are damaged; the message names it.</exception>
    public static PngBenchmark Open(string folder, string split) => Directory.Exists(folder)
        ? new PngBenchmark(folder, split)
        : throw new InputException($"{folder} does not exist; give the folder that holds \"annotations\" and \"images\".");

    /// <summary>The examples in the file's order, lazily; what the file gets wrong is counted and passed over.</summary>
    /// <param name="faults">Receives the counts.</param>
    /// <exception cref="InputException">The narratives are not readable JSON.</exception>
    public IEnumerable<BenchmarkExample> Read(BenchmarkFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        var seen = new HashSet<(string Image, int Annotator, string Caption)>();
        int index = -1;
        foreach (var narrative in NarrativeReader.Read(NarrativesPath))
        {
            index++;
            if (!seen.Add((narrative.ImageId, narrative.AnnotatorId, narrative.Caption)))
                faults.RepeatedNarratives++;
            if (string.IsNullOrWhiteSpace(narrative.Caption))
            {
                faults.EmptyCaptions++;
                continue;
            }
            if (!Panoptic.Annotations.TryGetValue(narrative.ImageId, out var annotation)
                || PicturePath(narrative.ImageId) is not { } picture || PanopticPath(annotation) is not { } panoptic)
            {
                faults.MissingPictures++;
                continue;
            }
            var placed = narrative.ToCaption();
            faults.UnplacedUtterances += placed.Unplaced.Count;
            var phrases = Phrases(placed, annotation, faults);
            var caption = new Caption(narrative.Caption, [.. phrases.Select(p => p.Span)]);
            yield return new BenchmarkExample(index, narrative.ImageId, caption, phrases, picture, panoptic);
        }
    }

    private List<BenchmarkPhrase> Phrases(NarrativeCaption placed, PanopticAnnotation annotation, BenchmarkFaults faults)
    {
        var known = annotation.Segments.ToDictionary(s => s.Id);
        var phrases = new List<BenchmarkPhrase>();
        foreach (int i in placed.Grounded)
        {
            var segments = new List<PanopticSegment>();
            foreach (int id in placed.Sources[i].SegmentIds)
            {
                if (known.TryGetValue(id, out var segment))
                    segments.Add(segment);
                else
                    faults.MissingSegments++;
            }
            if (segments.Count == 0)
            {
                faults.PhrasesWithoutSegments++;
                continue;
            }
            bool isThing = Panoptic.Categories.TryGetValue(segments[^1].CategoryId, out var category) && category.IsThing;
            phrases.Add(new BenchmarkPhrase(placed.Caption.Phrases[i], segments, placed.Sources[i].Plural, isThing));
        }
        return phrases;
    }

    private string? PicturePath(string imageId)
    {
        var path = Path.Combine(_pictures, Panoptic.PictureNames.GetValueOrDefault(imageId) ?? imageId.PadLeft(12, '0') + ".jpg");
        return File.Exists(path) ? path : null;
    }

    private string? PanopticPath(PanopticAnnotation annotation) =>
        _panopticFolders.Select(folder => Path.Combine(folder, annotation.FileName)).FirstOrDefault(File.Exists);
}
