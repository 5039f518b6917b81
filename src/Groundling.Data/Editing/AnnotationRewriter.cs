using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>
/// Puts edited pictures into a split's annotation files: their records alone are written anew, every other byte stays, and so do members
/// of a record that the benchmark does not know.
/// </summary>
internal static class AnnotationRewriter
{
    private static readonly JsonWriterOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
                    ? Annotation(record, edited)
                    : null;
            },
            section =>
                section switch
                {
                    "categories" => [.. categories.Where(category => listed.Add(category.Id)).Select(Category)],
                    "annotations" => [.. missing.Select(id => Annotation(null, records[id]))],
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
                    ? Narrative(record, edited, place)
                    : null,
            _ =>
                [
                    .. from edited in records.Values
                    from place in Enumerable.Range(0, edited.Narratives.Count).Skip(seen[edited.ImageId])
                    where edited.Narratives[place].Caption.Length > 0
                    select Narrative(null, edited, place),
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

    private static string Annotation(JsonElement? record, Record edited)
    {
        var before = new Dictionary<string, JsonElement>();
        if (record is { } known && known.TryGetProperty("segments_info", out var list) && list.ValueKind == JsonValueKind.Array)
            foreach (var segment in list.EnumerateArray().Where(segment => segment.ValueKind == JsonValueKind.Object))
                before.TryAdd(segment.TryGetProperty("id", out var id) ? id.ToString() : "", segment);
        var members = new List<(string, Action<Utf8JsonWriter>)>
        {
            (
                "segments_info",
                json =>
                {
                    json.WriteStartArray();
                    foreach (var made in edited.Segments)
                        Segment(json, before.TryGetValue($"{made.Segment.Id}", out var segment) ? segment : null, made.Segment, made.Box);
                    json.WriteEndArray();
                }
            ),
        };
        if (record is null)
            members.Insert(0, ("image_id", json => json.WriteNumberValue(long.Parse(edited.ImageId, CultureInfo.InvariantCulture))));
        if (record is not { } given || !given.TryGetProperty("file_name", out var name) || name.ValueKind == JsonValueKind.Null)
            members.Insert(members.Count - 1, ("file_name", json => json.WriteStringValue(edited.FileName)));
        return Text(json => Merge(json, record, members));
    }

    private static void Segment(Utf8JsonWriter json, JsonElement? before, EditedSegment segment, Box box) =>
        Merge(
            json,
            before,
            [
                ("id", writer => writer.WriteNumberValue(segment.Id)),
                ("category_id", writer => writer.WriteNumberValue(segment.Category.Id)),
                ("area", writer => writer.WriteNumberValue(segment.Area)),
                (
                    "bbox",
                    writer =>
                    {
                        writer.WriteStartArray();
                        foreach (var number in (ReadOnlySpan<int>)[box.X, box.Y, box.Width, box.Height])
                            writer.WriteNumberValue(number);
                        writer.WriteEndArray();
                    }
                ),
                ("iscrowd", writer => writer.WriteNumberValue(segment.IsCrowd ? 1 : 0)),
            ]
        );

    private static string Narrative(JsonElement? record, Record edited, int place)
    {
        var kept = edited.Segments.Select(made => made.Segment.Id).ToHashSet();
        var told = edited.Narratives[place];
        List<(string, Action<Utf8JsonWriter>)> members =
        [
            ("caption", json => json.WriteStringValue(told.Caption)),
            (
                "segments",
                json =>
                {
                    json.WriteStartArray();
                    foreach (var tile in told.Tiles(kept))
                    {
                        json.WriteStartObject();
                        json.WriteString("utterance", tile.Utterance);
                        json.WriteStartArray("segment_ids");
                        foreach (var id in tile.SegmentIds)
                            json.WriteStringValue($"{id}");
                        json.WriteEndArray();
                        json.WriteBoolean("plural", tile.Plural);
                        json.WriteBoolean("noun", tile.Noun);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                }
            ),
        ];
        if (record is null)
            members.InsertRange(
                0,
                [("image_id", json => json.WriteStringValue(edited.ImageId)), ("annotator_id", json => json.WriteNumberValue(0))]
            );
        return Text(json => Merge(json, record, members));
    }

    private static string Category(PanopticCategory category) =>
        Text(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("id", category.Id);
            json.WriteString("name", category.Name);
            json.WriteString("supercategory", category.Supercategory);
            json.WriteNumber("isthing", category.IsThing ? 1 : 0);
            json.WriteEndObject();
        });

    /// <summary>A record with other members in place of some; what else it has stays as it is written, whatever that is.</summary>
    private static void Merge(Utf8JsonWriter json, JsonElement? record, IReadOnlyList<(string Name, Action<Utf8JsonWriter> Write)> members)
    {
        var written = new HashSet<string>();
        json.WriteStartObject();
        if (record is { } given)
            foreach (var member in given.EnumerateObject())
            {
                json.WritePropertyName(member.Name);
                if (members.FirstOrDefault(one => one.Name == member.Name) is { Write: { } write })
                {
                    write(json);
                    written.Add(member.Name);
                }
                else
                    json.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
            }
        foreach (var (name, write) in members.Where(one => !written.Contains(one.Name)))
        {
            json.WritePropertyName(name);
            write(json);
        }
        json.WriteEndObject();
    }

    private static string Text(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Style))
            write(json);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <param name="path">The file.</param>
    /// <param name="replaced">What stands in a record's place; null leaves it as it is.</param>
    /// <param name="added">What comes behind an array's last record.</param>
    private static void Rewrite(string path, Func<string, JsonElement, string?> replaced, Func<string, IReadOnlyList<string>> added) =>
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

    private static void Put(Stream output, string before, string record) => output.Write(Encoding.UTF8.GetBytes(before + record));

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
