using System.Globalization;
using System.Runtime.InteropServices;
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
    private static readonly (string, byte[])[] NoMembers = [];
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

    private static byte[] Annotation(JsonElement? record, Record edited)
    {
        var before = new Dictionary<string, JsonElement>();
        if (record is { } known && known.TryGetProperty("segments_info", out var list) && list.ValueKind == JsonValueKind.Array)
            foreach (var segment in list.EnumerateArray().Where(segment => segment.ValueKind == JsonValueKind.Object))
                before.TryAdd(segment.TryGetProperty("id", out var id) ? id.ToString() : "", segment);
        var segments = edited.Segments.Select(made =>
            Segment(before.TryGetValue($"{made.Segment.Id}", out var segment) ? segment : null, made.Segment, made.Box)
        );
        var isNamed = record is { } given && given.TryGetProperty("file_name", out var name) && name.ValueKind != JsonValueKind.Null;
        return Merged(
            record,
            [
                .. record is null ? [("image_id", Json(long.Parse(edited.ImageId, CultureInfo.InvariantCulture)))] : NoMembers,
                .. isNamed ? NoMembers : [("file_name", Json(edited.FileName))],
                ("segments_info", Bytes("["u8, segments, "]"u8)),
            ]
        );
    }

    private static byte[] Segment(JsonElement? before, EditedSegment segment, Box box) =>
        Merged(
            before,
            [
                ("id", Json(segment.Id)),
                ("category_id", Json(segment.Category.Id)),
                ("area", Json(segment.Area)),
                ("bbox", Json<int[]>([box.X, box.Y, box.Width, box.Height])),
                ("iscrowd", Json(segment.IsCrowd ? 1 : 0)),
            ]
        );

    private static byte[] Narrative(JsonElement? record, Record edited, int place)
    {
        var kept = edited.Segments.Select(made => made.Segment.Id).ToHashSet();
        var told = edited.Narratives[place];
        return Merged(
            record,
            [
                .. record is null ? [("image_id", Json(edited.ImageId)), ("annotator_id", Json(0))] : NoMembers,
                ("caption", Json(told.Caption)),
                (
                    "segments",
                    Json(
                        told.Tiles(kept)
                            .Select(tile => new
                            {
                                utterance = tile.Utterance,
                                segment_ids = tile.SegmentIds.Select(id => $"{id}"),
                                plural = tile.Plural,
                                noun = tile.Noun,
                            })
                    )
                ),
            ]
        );
    }

    private static byte[] Category(PanopticCategory category) =>
        Json(
            new
            {
                id = category.Id,
                name = category.Name,
                supercategory = category.Supercategory,
                isthing = category.IsThing ? 1 : 0,
            }
        );

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Style);

    /// <summary>A record with other members in place of some; what else it has stays as it is written, whatever that is.</summary>
    private static byte[] Merged(JsonElement? record, IReadOnlyList<(string Name, byte[] Json)> members)
    {
        var (made, written) = (new List<byte[]>(), new HashSet<string>());
        if (record is { } given)
            foreach (var member in given.EnumerateObject())
            {
                var name = JsonMarshal.GetRawUtf8PropertyName(member);
                var value = JsonMarshal.GetRawUtf8Value(member.Value);
                var other = MemberOf(name);
                if (other is null)
                    made.Add([.. "\""u8, .. name, .. "\":"u8, .. value]);
                else if (written.Add(other.Value.Name)) // one that stands twice is written once
                    made.Add([.. "\""u8, .. name, .. "\":"u8, .. other.Value.Json]);
            }
        made.AddRange(
            members
                .Where(member => !written.Contains(member.Name))
                .Select(member => (byte[])[.. "\""u8, .. Encoding.UTF8.GetBytes(member.Name), .. "\":"u8, .. member.Json])
        );
        return Bytes("{"u8, made, "}"u8);

        (string Name, byte[] Json)? MemberOf(ReadOnlySpan<byte> name)
        {
            foreach (var member in members)
                if (name.SequenceEqual(Encoding.UTF8.GetBytes(member.Name)))
                    return member;
            return null;
        }
    }

    private static byte[] Bytes(ReadOnlySpan<byte> begin, IEnumerable<byte[]> items, ReadOnlySpan<byte> end)
    {
        using var bytes = new MemoryStream();
        bytes.Write(begin);
        foreach (var (place, item) in items.Index())
        {
            if (place > 0)
                bytes.WriteByte((byte)',');
            bytes.Write(item);
        }
        bytes.Write(end);
        return bytes.ToArray();
    }

    /// <param name="path">The file.</param>
    /// <param name="replaced">What stands in a record's place; null leaves it as it is.</param>
    /// <param name="added">What comes behind an array's last record.</param>
    private static void Rewrite(string path, Func<string, JsonElement, byte[]?> replaced, Func<string, IReadOnlyList<byte[]>> added) =>
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

    private static void Put(Stream output, string before, byte[] record)
    {
        output.Write(Encoding.UTF8.GetBytes(before));
        output.Write(record);
    }

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
