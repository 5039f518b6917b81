using System.Text.Encodings.Web;
using System.Text.Json;
using Groundling.Data.Benchmark;

namespace Groundling.Data;

/// <summary>A grounding as JSON: phrases with masks, and COCO's panoptic annotation.</summary>
public static class GroundingJson
{
    // Readable in any script; the files are JSON, not parts of a web page.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>phrases.json: image, size, caption, what made the masks, and for each phrase text, place, score, area, box and run-length mask.</summary>
    /// <param name="grounding">What to write.</param>
    /// <param name="imageName">What the file calls the picture.</param>
    public static byte[] Phrases(Grounding grounding, string imageName)
    {
        ArgumentNullException.ThrowIfNull(grounding);
        return Written(json =>
        {
            json.WriteStartObject();
            json.WriteString("image", imageName);
            WriteMembers(json, grounding);
            json.WriteEndObject();
        });
    }

    /// <summary>What phrases.json says besides the picture's name, for those who say more: size, caption, what made the masks, phrases.</summary>
    /// <param name="json">Inside an object.</param>
    /// <param name="grounding">What to write.</param>
    public static void WriteMembers(Utf8JsonWriter json, Grounding grounding)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(grounding);
        json.WriteNumber("width", grounding.Picture.Width);
        json.WriteNumber("height", grounding.Picture.Height);
        json.WriteString("caption", grounding.Caption.Text);
        if (grounding.Origin is { } origin)
            WriteOrigin(json, origin);
        json.WriteStartArray("phrases");
        foreach (var phrase in grounding.Phrases)
            WritePhrase(json, phrase);
        json.WriteEndArray();
    }

    /// <summary>panoptic.json: COCO's images, annotations and categories for one picture.</summary>
    /// <param name="grounding">What to write.</param>
    /// <param name="result">The grounding's panoptic map.</param>
    /// <param name="imageName">What the file calls the picture.</param>
    /// <param name="panopticName">The panoptic PNG's file name.</param>
    public static byte[] Panoptic(Grounding grounding, PanopticResult result, string imageName, string panopticName)
    {
        ArgumentNullException.ThrowIfNull(grounding);
        ArgumentNullException.ThrowIfNull(result);
        return Written(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("images");
            json.WriteStartObject();
            json.WriteNumber("id", 1);
            json.WriteString("file_name", imageName);
            json.WriteNumber("width", grounding.Picture.Width);
            json.WriteNumber("height", grounding.Picture.Height);
            json.WriteEndObject();
            json.WriteEndArray();

            json.WriteStartArray("annotations");
            json.WriteStartObject();
            json.WriteNumber("image_id", 1);
            json.WriteString("file_name", panopticName);
            json.WriteStartArray("segments_info");
            foreach (var (_, segment) in result.Segments)
                WriteSegment(json, segment);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();

            json.WriteStartArray("categories");
            for (int i = 0; i < result.Categories.Count; i++)
            {
                json.WriteStartObject();
                json.WriteNumber("id", i + 1);
                json.WriteString("name", result.Categories[i]);
                json.WriteString("supercategory", "phrase");
                json.WriteNumber("isthing", 1);                        // as COCO's tools ask of a category with several segments
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void WriteOrigin(Utf8JsonWriter json, GroundingOrigin origin)
    {
        json.WriteStartObject("made_by");
        json.WriteString("model", origin.Model);
        json.WriteString("trained", origin.Trained);
        json.WriteString("method", origin.Method);
        json.WriteString("mask_head", origin.MaskHead);
        json.WriteEndObject();
    }

    private static void WritePhrase(Utf8JsonWriter json, GroundedPhrase phrase)
    {
        json.WriteStartObject();
        json.WriteString("text", phrase.Span.Text);
        json.WriteNumber("start", phrase.Span.Start);
        json.WriteNumber("end", phrase.Span.End);
        if (phrase.Span.Plural is { } plural)
            json.WriteBoolean("plural", plural);
        json.WriteNumber("score", Math.Round(phrase.Score, 6));
        json.WriteNumber("area", phrase.Mask.Area);
        WriteBox(json, "box", phrase.Mask.Box);
        json.WriteStartObject("segmentation");
        json.WritePropertyName("size");
        json.WriteRawValue($"[{phrase.Mask.Height}, {phrase.Mask.Width}]");
        json.WriteString("counts", phrase.Mask.ToCompressed());
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSegment(Utf8JsonWriter json, PanopticSegment segment)
    {
        json.WriteStartObject();
        json.WriteNumber("id", segment.Id);
        json.WriteNumber("category_id", segment.CategoryId);
        json.WriteNumber("area", segment.Area);
        WriteBox(json, "bbox", segment.Box);
        json.WriteNumber("iscrowd", segment.IsCrowd ? 1 : 0);
        json.WriteEndObject();
    }

    private static void WriteBox(Utf8JsonWriter json, string name, Box box)
    {
        json.WritePropertyName(name);
        json.WriteRawValue($"[{box.X}, {box.Y}, {box.Width}, {box.Height}]");
    }

    /// <summary>A JSON document as these files are: indented, with letters of all scripts as they are.</summary>
    /// <param name="write">Writes one value.</param>
    public static byte[] Written(Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = new MemoryStream();
        using (var json = new Utf8JsonWriter(file, Readable))
            write(json);
        file.WriteByte((byte)'\n');
        return file.ToArray();
    }
}
