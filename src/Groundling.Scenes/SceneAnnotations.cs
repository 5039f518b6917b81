using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Scenes;

/// <summary>One scene's parts of the annotation files, as UTF-8 JSON objects.</summary>
internal static class SceneAnnotations
{
    private const string MarksKey = "annotations_sha256";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An entry of png_coco_*.json.</summary>
    public static byte[] Narrative(Scene scene, int imageId) =>
        Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("image_id", imageId.ToString(CultureInfo.InvariantCulture));
            json.WriteNumber("annotator_id", 0);
            json.WriteString("caption", scene.Narrative.Caption);
            json.WriteStartArray("segments");
            foreach (var utterance in scene.Narrative.Utterances)
            {
                json.WriteStartObject();
                json.WriteString("utterance", utterance.Text);
                json.WriteStartArray("segment_ids");
                foreach (int id in utterance.SegmentIds)
                    json.WriteStringValue(id.ToString(CultureInfo.InvariantCulture));
                json.WriteEndArray();
                json.WriteBoolean("plural", utterance.Plural);
                json.WriteBoolean("noun", utterance.Noun);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });

    /// <summary>An entry of panoptic_*.json's images.</summary>
    public static byte[] Image(Scene scene, int imageId, string fileName) =>
        Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("id", imageId);
            json.WriteString("file_name", fileName);
            json.WriteNumber("width", scene.Width);
            json.WriteNumber("height", scene.Height);
            json.WriteEndObject();
        });

    /// <summary>An entry of panoptic_*.json's annotations.</summary>
    public static byte[] Panoptic(Scene scene, int imageId, string fileName) =>
        Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("image_id", imageId);
            json.WriteString("file_name", fileName);
            json.WriteStartArray("segments_info");
            foreach (var segment in scene.Segments)
            {
                json.WriteStartObject();
                json.WriteNumber("id", segment.Id);
                json.WriteNumber("category_id", segment.Category.Id);
                json.WriteNumber("area", segment.Area);
                json.WriteStartArray("bbox");
                json.WriteNumberValue(segment.X);
                json.WriteNumberValue(segment.Y);
                json.WriteNumberValue(segment.Width);
                json.WriteNumberValue(segment.Height);
                json.WriteEndArray();
                json.WriteNumber("iscrowd", 0);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });

    /// <summary>The categories of panoptic_*.json, an array.</summary>
    public static byte[] Categories(SceneSplit split) =>
        Write(json =>
        {
            json.WriteStartArray();
            foreach (var category in SceneCategories.Of(split))
            {
                json.WriteStartObject();
                json.WriteNumber("id", category.Id);
                json.WriteString("name", category.Name);
                json.WriteString("supercategory", category.Supercategory);
                json.WriteNumber("isthing", category.IsThing ? 1 : 0);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });

    /// <summary>The record of how a split was made, with marks of its annotations by which it is known that nobody changed them.</summary>
    public static byte[] Origin(SceneSplit split, int count, ulong seed, int size, IReadOnlyList<string> annotations) =>
        Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("description", "Groundling scenes");
            json.WriteString("split", SceneFolder.NameOf(split));
            json.WriteNumber("count", count);
            json.WriteNumber("seed", seed);
            json.WriteNumber("size", size);
            json.WriteStartArray("held_out");
            foreach (var held in HeldOutCombinations.All)
                json.WriteStringValue(held.Attribute + " " + held.Category);
            json.WriteEndArray();
            json.WriteStartArray(MarksKey);
            foreach (var path in annotations)
                json.WriteStringValue(MarkOf(path));
            json.WriteEndArray();
            json.WriteEndObject();
        });

    /// <summary>The marks that a record has of annotations; none of an earlier version's.</summary>
    /// <exception cref="InputException">The record is damaged.</exception>
    public static IEnumerable<(string Path, string Mark)> Marks(string origin, IEnumerable<string> annotations)
    {
        try
        {
            using var json = JsonDocument.Parse(PlainText.Read(origin));
            return json.RootElement.TryGetProperty(MarksKey, out var marks)
                ? [.. annotations.Zip(marks.EnumerateArray(), (path, mark) => (path, mark.GetString() ?? ""))]
                : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputException($"{origin} is damaged: move it away, and the split's other files", e);
        }
    }

    /// <summary>The SHA-256 of a file.</summary>
    public static string MarkOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Options))
            content(json);
        return buffer.WrittenSpan.ToArray();
    }
}
