using System.Globalization;
using System.Text.Json;

namespace Groundling.Tests.Data;

/// <summary>Writes an annotation pair of the training split's size and shape as a stream; without pictures.</summary>
internal static class LargeAnnotations
{
    private static readonly string[] Words =
    [
        "a",
        "man",
        "in",
        "this",
        "image",
        "the",
        "grass",
        "sky",
        "on",
        "left",
        "side",
        "of",
        "picture",
        "wearing",
        "black",
        "shirt",
        "standing",
        "near",
        "table",
        "with",
        "trees",
        "background",
        "we",
        "can",
        "see",
    ];

    public static void Write(string folder, string split, int narratives, int images)
    {
        var annotations = Directory.CreateDirectory(Path.Combine(folder, "annotations")).FullName;
        using (var file = File.Create(Path.Combine(annotations, $"panoptic_{split}2017.json")))
        using (var json = new Utf8JsonWriter(file))
            Panoptic(json, images);
        using (var file = File.Create(Path.Combine(annotations, $"png_coco_{split}2017.json")))
        using (var json = new Utf8JsonWriter(file))
            Narratives(json, narratives, images);
    }

    private static int SegmentsOf(int image) => 4 + (image * 7 % 15);

    private static int SegmentId(int image, int segment) => (int)((image * 7919L + segment * 104729L) % ((1 << 24) - 1)) + 1;

    private static void Panoptic(Utf8JsonWriter json, int images)
    {
        json.WriteStartObject();
        json.WriteStartArray("images");
        for (int i = 1; i <= images; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("license", 3);
            json.WriteString("file_name", i.ToString("D12", CultureInfo.InvariantCulture) + ".jpg");
            json.WriteString("coco_url", $"http://images.cocodataset.org/train2017/{i:D12}.jpg");
            json.WriteNumber("height", 480);
            json.WriteNumber("width", 640);
            json.WriteString("date_captured", "2013-11-14 11:18:45");
            json.WriteString("flickr_url", $"http://farm9.staticflickr.com/8186/{i:D12}_0cb97b2ef0_z.jpg");
            json.WriteNumber("id", i);
            json.WriteEndObject();
            Flush(json);
        }
        json.WriteEndArray();
        json.WriteStartArray("annotations");
        for (int i = 1; i <= images; i++)
        {
            json.WriteStartObject();
            json.WriteStartArray("segments_info");
            for (int k = 0; k < SegmentsOf(i); k++)
            {
                json.WriteStartObject();
                json.WriteNumber("area", 1000 + (i * 31 + k * 977) % 90000);
                json.WriteNumber("category_id", 1 + (i + 3 * k) % 133);
                json.WriteNumber("iscrowd", 0);
                json.WriteNumber("id", SegmentId(i, k));
                json.WriteStartArray("bbox");
                foreach (int number in (ReadOnlySpan<int>)[k * 20, k * 10, 100 + i % 200, 90 + i % 150])
                    json.WriteNumberValue(number);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("file_name", i.ToString("D12", CultureInfo.InvariantCulture) + ".png");
            json.WriteNumber("image_id", i);
            json.WriteEndObject();
            Flush(json);
        }
        json.WriteEndArray();
        json.WriteStartArray("categories");
        for (int i = 1; i <= 133; i++)
        {
            json.WriteStartObject();
            json.WriteString("supercategory", "group");
            json.WriteNumber("isthing", i <= 80 ? 1 : 0);
            json.WriteNumber("id", i);
            json.WriteString("name", $"category {i}");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Narratives(Utf8JsonWriter json, int narratives, int images)
    {
        var random = new Random(1);
        json.WriteStartArray();
        for (int n = 0; n < narratives; n++)
        {
            int image = n % images + 1;
            var utterances = new string[16 + random.Next(16)];
            for (int i = 0; i < utterances.Length; i++)
                utterances[i] = string.Join(' ', Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Words[random.Next(Words.Length)]));
            var caption = string.Join(' ', utterances);
            json.WriteStartObject();
            json.WriteString("image_id", image.ToString(CultureInfo.InvariantCulture));
            json.WriteNumber("annotator_id", n % 97);
            json.WriteString("caption", char.ToUpperInvariant(caption[0]) + caption[1..] + ".");
            json.WriteStartArray("segments");
            for (int i = 0; i < utterances.Length; i++)
            {
                bool isNoun = i % 2 == 1;
                json.WriteStartObject();
                json.WriteString("utterance", utterances[i]);
                json.WriteStartArray("segment_ids");
                for (int k = 0; isNoun && k < (i % 9 == 0 ? 3 : 1); k++)
                    json.WriteStringValue(SegmentId(image, (i + k) % SegmentsOf(image)).ToString(CultureInfo.InvariantCulture));
                json.WriteEndArray();
                json.WriteBoolean("plural", isNoun && i % 9 == 0);
                json.WriteBoolean("noun", isNoun);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
            Flush(json);
        }
        json.WriteEndArray();
    }

    private static void Flush(Utf8JsonWriter json)
    {
        if (json.BytesPending > 1 << 16)
            json.Flush();
    }
}
