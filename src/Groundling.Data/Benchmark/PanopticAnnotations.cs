namespace Groundling.Data;

/// <summary>What a panoptic_*.json file says: categories, and each image's segments.</summary>
public sealed class PanopticAnnotations
{
    private PanopticAnnotations(Dictionary<int, PanopticCategory> categories, Dictionary<string, PanopticAnnotation> annotations, Dictionary<string, string> pictures) =>
        (Categories, Annotations, PictureNames) = (categories, annotations, pictures);

    /// <summary>The categories by id.</summary>
    public IReadOnlyDictionary<int, PanopticCategory> Categories { get; }

    /// <summary>The annotations by image id (without leading zeros).</summary>
    public IReadOnlyDictionary<string, PanopticAnnotation> Annotations { get; }

    /// <summary>The pictures' file names by image id, where the file lists them.</summary>
    public IReadOnlyDictionary<string, string> PictureNames { get; }

    /// <summary>Reads a panoptic_*.json file as a stream.</summary>
    /// <exception cref="InputException">The file cannot be read, is not JSON, is cut short, or a record lacks a field.</exception>
    public static PanopticAnnotations Read(string path)
    {
        var categories = new Dictionary<int, PanopticCategory>();
        var annotations = new Dictionary<string, PanopticAnnotation>();
        var pictures = new Dictionary<string, string>();
        foreach (var (section, record) in JsonRecords.Read(path))
        {
            var count = section switch { "annotations" => annotations.Count, "categories" => categories.Count, _ => pictures.Count };
            var fields = new AnnotationFields(record, $"{path}, {section} {count}");
            switch (section)
            {
                case "categories":
                    var category = new PanopticCategory(fields.Integer("id"), fields.Text("name"), fields.Text("supercategory"), fields.Flag("isthing"));
                    categories[category.Id] = category;
                    break;
                case "images":
                    pictures[fields.ImageId("id")] = fields.Text("file_name");
                    break;
                case "annotations":
                    var annotation = Annotation(fields);
                    annotations[annotation.ImageId] = annotation;
                    break;
            }
        }
        if (annotations.Count == 0)
            throw new InputException($"{path} holds no \"annotations\"; give a panoptic_*.json file.");
        return new PanopticAnnotations(categories, annotations, pictures);
    }

    private static PanopticAnnotation Annotation(AnnotationFields fields)
    {
        var segments = new List<PanopticSegment>();
        foreach (var record in fields.List("segments_info"))
        {
            var segment = new AnnotationFields(record, $"{fields.Where}, segment {segments.Count}");
            var box = segment.Integers("bbox");
            if (box.Length != 4)
                throw new InputException($"{segment.Where}: \"bbox\" has {box.Length} numbers, but must have 4.");
            segments.Add(new PanopticSegment(
                segment.Integer("id"), segment.Integer("category_id"), segment.Integer("area"), new Box(box[0], box[1], box[2], box[3]), segment.Flag("iscrowd")));
        }
        return new PanopticAnnotation(fields.ImageId("image_id"), fields.Text("file_name"), [.. segments]);
    }
}
