using System.Text.Json;

namespace Groundling.Data.Benchmark;

/// <summary>The records of one batch of a panoptic_*.json file.</summary>
internal sealed class PanopticPart
{
    public List<PanopticCategory> Categories { get; } = [];

    public List<(string Id, PanopticPicture Picture)> Pictures { get; } = [];

    public List<PanopticAnnotation> Annotations { get; } = [];

    public BenchmarkFaults Faults { get; } = new();

    public static PanopticPart Read(JsonBatch batch, string path)
    {
        var part = new PanopticPart();
        if (batch.Section is not ("categories" or "images" or "annotations"))
            return part;
        for (int i = 0; i < batch.Count; i++)
        {
            using var record = batch.Parse(i);
            try
            {
                part.Take(batch.Section, new AnnotationFields(record.RootElement, $"{path}, {batch.Section} {batch.First + i}"));
            }
            catch (InputException e)
            {
                part.Faults.Add(FaultKind.UnreadableRecord, e.Message);
            }
        }
        return part;
    }

    /// <summary>The name COCO gives a file: the image id in twelve digits.</summary>
    public static string UsualName(string imageId, string extension) => imageId.PadLeft(12, '0') + extension;

    private void Take(string section, AnnotationFields fields)
    {
        switch (section)
        {
            case "categories":
                if (!fields.Has("isthing"))
                    Faults.Add(FaultKind.CategoryWithoutKind, fields.Where);
                Categories.Add(
                    new PanopticCategory(fields.Integer("id"), fields.Text("name"), fields.Text("supercategory"), fields.Flag("isthing"))
                );
                break;
            case "images":
                var id = fields.ImageId("id");
                Pictures.Add(
                    (
                        id,
                        new PanopticPicture(
                            FileName(fields, id, ".jpg"),
                            fields.Integer("width", otherwise: 0),
                            fields.Integer("height", otherwise: 0)
                        )
                    )
                );
                break;
            default:
                var image = fields.ImageId("image_id");
                Annotations.Add(new PanopticAnnotation(image, FileName(fields, image, ".png"), Segments(fields)));
                break;
        }
    }

    private string FileName(AnnotationFields fields, string imageId, string extension)
    {
        var name = fields.Text("file_name");
        if (name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0 && !Path.IsPathRooted(name))
            return name;
        Faults.Add(FaultKind.UnsafeFileName, $"{fields.Where}: \"{(name.Length <= 80 ? name : name[..80] + "...")}\"");
        return UsualName(imageId, extension);
    }

    private PanopticSegment[] Segments(AnnotationFields fields)
    {
        var segments = new List<PanopticSegment>();
        var seen = new HashSet<int>();
        int place = 0;
        foreach (var record in fields.List("segments_info"))
        {
            var where = $"{fields.Where}, segment {place++}";
            if (TrySegment(new AnnotationFields(record, where)) is not { } segment)
                continue;
            if (seen.Add(segment.Id))
                segments.Add(segment);
            else
                Faults.Add(FaultKind.RepeatedSegment, $"{where}: id {segment.Id}");
        }
        return [.. segments];
    }

    private PanopticSegment? TrySegment(AnnotationFields fields)
    {
        try
        {
            if (fields.Box("bbox") is not { } box)
            {
                Faults.Add(FaultKind.BadBox, fields.Where);
                box = default;
            }
            return new PanopticSegment(
                fields.Integer("id"),
                fields.Integer("category_id"),
                fields.Integer("area"),
                box,
                fields.Flag("iscrowd")
            );
        }
        catch (InputException e)
        {
            Faults.Add(FaultKind.UnreadableRecord, e.Message);
            return null;
        }
    }
}
