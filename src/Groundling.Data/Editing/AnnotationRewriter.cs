using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>
/// Puts edited pictures into a split's annotation files: their records alone are written anew, every other byte stays, and so do members
/// of a record that the benchmark does not know.
/// </summary>
internal static class AnnotationRewriter
{
    private static readonly JsonSerializerOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An edited picture as the files hold it.</summary>
    /// <param name="ImageId">The image.</param>
    /// <param name="FileName">Its panoptic PNG.</param>
    /// <param name="Narratives">What is told of it.</param>
    /// <param name="Segments">Its segments that have pixels, with the box around each.</param>
    public sealed record Record(
        string ImageId,
        string FileName,
        IReadOnlyList<EditedNarrative> Narratives,
        IReadOnlyList<(EditedSegment Segment, Box Box)> Segments
    );

    /// <summary>Rewrites panoptic_*.json.</summary>
    /// <param name="path">The file.</param>
    /// <param name="records">The edited pictures by image id.</param>
    /// <param name="categories">The categories that the file is to list, where it does not yet.</param>
    /// <exception cref="InputException">The file cannot be read any more.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Panoptic(string path, IReadOnlyDictionary<string, Record> records, IReadOnlyList<PanopticCategory> categories)
    {
        var (missing, listed) = (records.Keys.ToHashSet(), new HashSet<int>());
        Rewrite(
            path,
            (section, record) =>
            {
                if (section == "categories" && TryRead(record, fields => fields.Integer("id"), out int category))
                    listed.Add(category);
                return
                    section == "annotations"
                    && TryRead(record, fields => fields.ImageId("image_id"), out var id)
                    && records.TryGetValue(id!, out var edited)
                    && missing.Remove(id!)
                    ? Annotation(JsonObject.Create(record)!, edited)
                    : null;
            },
            section =>
                section switch
                {
                    "categories" => [.. categories.Where(category => listed.Add(category.Id)).Select(Category)],
                    "annotations" => [.. missing.Select(id => Annotation(new() { ["image_id"] = long.Parse(id, null) }, records[id]))],
                    _ => [],
                }
        );
    }

    /// <summary>Rewrites png_coco_*.json. A picture's narratives are known by their order among its own.</summary>
    /// <inheritdoc cref="Panoptic" path="/exception"/>
    /// <param name="path">The file.</param>
    /// <param name="records">The edited pictures by image id.</param>
    public static void Narratives(string path, IReadOnlyDictionary<string, Record> records)
    {
        var seen = records.Keys.ToDictionary(id => id, _ => 0);
        Rewrite(
            path,
            (_, record) =>
                TryRead(record, fields => fields.ImageId("image_id"), out var id)
                && records.TryGetValue(id!, out var edited)
                && TryNarrative(record, path) is not null
                && seen[id!]++ is var place
                && place < edited.Narratives.Count
                    ? Narrative(JsonObject.Create(record)!, edited, place)
                    : null,
            _ =>
                [
                    .. from edited in records.Values
                    from place in Enumerable.Range(0, edited.Narratives.Count).Skip(seen[edited.ImageId])
                    where edited.Narratives[place].Caption.Length > 0
                    select Narrative(new() { ["image_id"] = edited.ImageId, ["annotator_id"] = 0 }, edited, place),
                ]
        );
    }

    /// <summary>A record as a narrative; null where it lacks a field.</summary>
    public static Narrative? TryNarrative(JsonElement record, string path)
    {
        try
        {
            return Benchmark.Narrative.From(record, path);
        }
        catch (InputException)
        {
            return null;
        }
    }

    private static JsonObject Annotation(JsonObject record, Record edited)
    {
        var before = new Dictionary<string, JsonObject>();
        foreach (var segment in record["segments_info"] is JsonArray list ? list.OfType<JsonObject>() : [])
            before.TryAdd(segment["id"]?.ToString() ?? "", segment);
        record["file_name"] ??= edited.FileName;
        record["segments_info"] = new JsonArray([.. edited.Segments.Select(Info)]);
        return record;

        JsonNode Info((EditedSegment Segment, Box Box) made)
        {
            var (segment, box) = made;
            var info = before.GetValueOrDefault($"{segment.Id}")?.DeepClone() ?? new JsonObject();
            info["id"] = segment.Id;
            info["category_id"] = segment.Category.Id;
            info["area"] = segment.Area;
            info["bbox"] = new JsonArray(box.X, box.Y, box.Width, box.Height);
            info["iscrowd"] = segment.IsCrowd ? 1 : 0;
            return info;
        }
    }

    private static JsonObject Narrative(JsonObject record, Record edited, int place)
    {
        var kept = edited.Segments.Select(made => made.Segment.Id).ToHashSet();
        record["caption"] = edited.Narratives[place].Caption;
        record["segments"] = new JsonArray([.. edited.Narratives[place].Tiles(kept).Select(Tile)]);
        return record;

        static JsonNode Tile(NarrativeSegment tile) =>
            new JsonObject
            {
                ["utterance"] = tile.Utterance,
                ["segment_ids"] = new JsonArray([.. tile.SegmentIds.Select(id => JsonValue.Create($"{id}"))]),
                ["plural"] = tile.Plural,
                ["noun"] = tile.Noun,
            };
    }

    private static JsonObject Category(PanopticCategory category) =>
        new()
        {
            ["id"] = category.Id,
            ["name"] = category.Name,
            ["supercategory"] = category.Supercategory,
            ["isthing"] = category.IsThing ? 1 : 0,
        };

    /// <param name="path">The file.</param>
    /// <param name="replaced">What stands in a record's place; null leaves it as it is.</param>
    /// <param name="added">What comes behind an array's last record.</param>
    private static void Rewrite(
        string path,
        Func<string, JsonElement, JsonObject?> replaced,
        Func<string, IReadOnlyList<JsonObject>> added
    ) =>
        AtomicFile.Write(
            path,
            output =>
            {
                using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
                string? filled = null;
                foreach (var (section, start, end, record) in JsonRecords.ReadPlaces(path))
                    if (record is null)
                        foreach (var one in added(section))
                        {
                            Copy(source, output, start);
                            Put(output, filled == section ? ",\n" : "\n", one);
                            filled = section;
                        }
                    else
                    {
                        filled = section;
                        if (replaced(section, record.Value) is not { } other)
                            continue;
                        Copy(source, output, start);
                        Put(output, "", other);
                        source.Position = end;
                    }
                source.CopyTo(output);
            }
        );

    private static void Put(Stream output, string before, JsonObject record) =>
        output.Write(Encoding.UTF8.GetBytes(before + record.ToJsonString(Style)));

    private static void Copy(FileStream source, Stream output, long end)
    {
        var buffer = new byte[1 << 16];
        while (source.Position < end)
        {
            int read = source.Read(buffer, 0, (int)Math.Min(buffer.Length, end - source.Position));
            if (read == 0)
                throw new InputException($"{source.Name} was cut while it was read; try again");
            output.Write(buffer, 0, read);
        }
    }

    private static bool TryRead<T>(JsonElement record, Func<AnnotationFields, T> read, out T? value)
    {
        try
        {
            value = read(new(record, ""));
            return true;
        }
        catch (InputException)
        {
            value = default;
            return false;
        }
    }
}
