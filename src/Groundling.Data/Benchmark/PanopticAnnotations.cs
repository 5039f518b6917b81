namespace Groundling.Data.Benchmark;

/// <summary>What a panoptic_*.json file says: categories, pictures, and each image's segments.</summary>
public sealed class PanopticAnnotations
{
    private readonly Dictionary<int, PanopticCategory> _categories = [];
    private readonly Dictionary<string, PanopticAnnotation> _annotations = [];
    private readonly Dictionary<string, PanopticPicture> _pictures = [];

    private PanopticAnnotations() { }

    /// <summary>The categories by id.</summary>
    public IReadOnlyDictionary<int, PanopticCategory> Categories => _categories;

    /// <summary>The annotations by image id (without leading zeros).</summary>
    public IReadOnlyDictionary<string, PanopticAnnotation> Annotations => _annotations;

    /// <summary>The pictures by image id, where the file lists them.</summary>
    public IReadOnlyDictionary<string, PanopticPicture> Pictures => _pictures;

    /// <summary>Reads a panoptic_*.json file as a stream, on all processors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="faults">Receives what is wrong with single records.</param>
    /// <exception cref="InputException">The file cannot be read, is not JSON, is cut short, or holds no annotations.</exception>
    public static PanopticAnnotations Read(string path, BenchmarkFaults? faults = null)
    {
        faults ??= new BenchmarkFaults();
        var all = new PanopticAnnotations();
        bool hasAnnotations = false;
        foreach (var (batch, part) in OrderedWork.Select(JsonRecords.ReadBatches(path), batch => (batch, PanopticPart.Read(batch, path))))
        {
            hasAnnotations |= batch.Section == "annotations";
            faults.Add(part.Faults);
            all.Take(part, path, faults);
        }
        if (!hasAnnotations)
            throw new InputException($"{path} holds no \"annotations\"; give a panoptic_*.json file.");
        all.CheckCategories(path, faults);
        return all;
    }

    private void Take(PanopticPart part, string path, BenchmarkFaults faults)
    {
        foreach (var category in part.Categories)
            if (!_categories.TryAdd(category.Id, category))
                faults.Add(FaultKind.RepeatedCategory, $"{path}, category {category.Id}");
        foreach (var (id, picture) in part.Pictures)
            _pictures.TryAdd(id, picture);
        foreach (var annotation in part.Annotations)
            if (!_annotations.TryAdd(annotation.ImageId, annotation))
                faults.Add(FaultKind.RepeatedImage, $"{path}, image {annotation.ImageId}");
    }

    private void CheckCategories(string path, BenchmarkFaults faults)
    {
        foreach (var annotation in _annotations.Values)
        foreach (var segment in annotation.Segments)
            if (!_categories.ContainsKey(segment.CategoryId))
                faults.Add(
                    FaultKind.UnknownCategory,
                    $"{path}, image {annotation.ImageId}, segment {segment.Id}: category {segment.CategoryId}"
                );
    }
}
