using System.Text.Json;
using Groundling.Export;
using Groundling.Tests.Data;
using SkiaSharp;

namespace Groundling.Tests.Export;

/// <summary>COCO's formats, read as its documentation says.</summary>
public sealed class CocoExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("coco-instances")]
    [InlineData("coco-instances-polygons")]
    public void Instances_have_the_masks_they_were_made_of(string format)
    {
        using var file = Open(ExportCase.Export(_folder, format), "instances.json");
        var images = file.RootElement.GetProperty("images").EnumerateArray().ToList();
        Assert.Equal(["deep/a & c.png", "deep/b & c.png"], images.Select(image => image.GetProperty("file_name").GetString()));
        var categories = Categories(file);
        Assert.Equal(["ring", "light", "sky", "cloud"], categories.Values);
        var annotations = file.RootElement.GetProperty("annotations").EnumerateArray().ToList();
        Assert.Equal(
            2 * ExportCase.Found.Count,
            annotations.Select(annotation => annotation.GetProperty("id").GetInt64()).Distinct().Count()
        );
        foreach (var image in images)
        {
            var own = annotations.Where(a => a.GetProperty("image_id").GetInt32() == image.GetProperty("id").GetInt32()).ToList();
            foreach (var (phrase, annotation) in ExportCase.Found.Zip(own))
                RequireSame(phrase, annotation);
            Assert.Equal(["ring", "light", "sky", "cloud"], own.Select(a => categories[a.GetProperty("category_id").GetInt32()]));
        }
        // Of a thing "two lights" are a crowd, and "some clouds", too; crowds are run lengths.
        Assert.Equal([0, 1, 0, 1], annotations.Take(4).Select(a => a.GetProperty("iscrowd").GetInt32()));
    }

    [Fact]
    public void A_panoptic_pixel_is_of_the_best_phrase_and_stuff_is_one_segment()
    {
        var options = new ExportOptions { Categories = CategoryFile.Parse("light\nsky (stuff) = cloud\nring") };
        var folder = ExportCase.Export(_folder, "coco-panoptic", options);
        using var file = Open(folder, "panoptic.json");
        var categories = Categories(file);
        Assert.Equal(["light", "sky", "ring"], categories.Values);
        Assert.Equal(
            [1, 0, 1],
            file.RootElement.GetProperty("categories").EnumerateArray().Select(category => category.GetProperty("isthing").GetInt32())
        );
        var annotation = file.RootElement.GetProperty("annotations")[1];
        using var map = SKBitmap.Decode(Path.Combine(folder, "panoptic", annotation.GetProperty("file_name").GetString()!));
        var segments = annotation.GetProperty("segments_info").EnumerateArray().ToList();
        Assert.Equal(["ring", "light", "sky"], segments.Select(s => categories[s.GetProperty("category_id").GetInt32()]));
        var names = new Dictionary<string, string>
        {
            ["some clouds"] = "sky",
            ["the sky"] = "sky",
            ["two red traffic lights"] = "light",
        };
        var painted = new Dictionary<int, List<(int X, int Y)>>();
        for (int y = 0; y < ExportCase.Height; y++)
        for (int x = 0; x < ExportCase.Width; x++)
        {
            var colour = map.GetPixel(x, y);
            int id = colour.Red + 256 * colour.Green + 65536 * colour.Blue;
            var best = ExportCase.Found.Where(phrase => phrase.Mask.Contains(x, y)).MaxBy(phrase => phrase.Score);
            var segment = segments.Find(s => s.GetProperty("id").GetInt32() == id);
            Assert.Equal(
                best is null ? null : names.GetValueOrDefault(best.Span.Text, "ring"),
                id == 0 ? null : categories[segment.GetProperty("category_id").GetInt32()]
            );
            (painted.TryGetValue(id, out var pixels) ? pixels : painted[id] = []).Add((x, y));
        }
        foreach (var segment in segments)
        {
            var pixels = painted[segment.GetProperty("id").GetInt32()];
            int left = pixels.Min(p => p.X),
                top = pixels.Min(p => p.Y);
            Assert.Equal(pixels.Count, segment.GetProperty("area").GetInt32());
            Assert.Equal(
                [left, top, pixels.Max(p => p.X) - left + 1, pixels.Max(p => p.Y) - top + 1],
                segment.GetProperty("bbox").EnumerateArray().Select(value => value.GetInt32())
            );
        }
        var phrases = segments[2].GetProperty("phrases").EnumerateArray().Select(phrase => phrase.GetProperty("phrase").GetString());
        Assert.Equal(["the sky", "some clouds"], phrases);
    }

    private static void RequireSame(GroundedPhrase phrase, JsonElement annotation)
    {
        var (mask, segmentation) = (phrase.Mask, annotation.GetProperty("segmentation"));
        Assert.Equal(1, mask.IoU(segmentation.ValueKind == JsonValueKind.Object ? FromRuns(segmentation) : FromPolygons(segmentation)));
        Assert.Equal(mask.Area, annotation.GetProperty("area").GetInt64());
        var box = mask.Box;
        Assert.Equal([box.X, box.Y, box.Width, box.Height], annotation.GetProperty("bbox").EnumerateArray().Select(v => v.GetInt32()));
        Assert.Equal(phrase.Score, annotation.GetProperty("score").GetDouble());
        var attributes = annotation.GetProperty("attributes");
        var (start, end) = (attributes.GetProperty("start").GetInt32(), attributes.GetProperty("end").GetInt32());
        Assert.Equal(attributes.GetProperty("phrase").GetString(), ExportCase.Caption[start..end]);
    }

    private static RunLengthMask FromPolygons(JsonElement polygons) =>
        RunLengthMask.Union(
            polygons
                .EnumerateArray()
                .Select(polygon => polygon.EnumerateArray().Select(value => value.GetDouble()).Chunk(2).Select(p => (p[0], p[1])).ToList())
                .Select(ring => Fill.Of([ring], ExportCase.Width, ExportCase.Height)),
            ExportCase.Width,
            ExportCase.Height
        );

    /// <summary>
    /// Five bits a character from "0" on, the sixth says that more follow; from the fourth number on the difference to the last but one.
    /// </summary>
    private static RunLengthMask FromRuns(JsonElement rle)
    {
        Assert.Equal([ExportCase.Height, ExportCase.Width], rle.GetProperty("size").EnumerateArray().Select(value => value.GetInt32()));
        var counts = new List<long>();
        var text = rle.GetProperty("counts").GetString()!;
        for (int at = 0; at < text.Length; )
        {
            long value = 0;
            int shift = 0,
                digit;
            do
            {
                digit = text[at++] - 48;
                value |= (long)(digit & 31) << shift;
                shift += 5;
            } while ((digit & 32) != 0);
            if ((digit & 16) != 0)
                value -= 1L << shift;
            counts.Add(counts.Count > 2 ? value + counts[^2] : value);
        }
        var columns = counts.SelectMany((count, i) => Enumerable.Repeat((byte)(i & 1), (int)count)).ToArray();
        Assert.Equal(ExportCase.Width * ExportCase.Height, columns.Length);
        byte[] rows =
        [
            .. Enumerable.Range(0, columns.Length).Select(at => columns[at % ExportCase.Width * ExportCase.Height + at / ExportCase.Width]),
        ];
        return RunLengthMask.FromBytes(rows, ExportCase.Width, ExportCase.Height);
    }

    private static JsonDocument Open(string folder, string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name)));

    private static Dictionary<int, string> Categories(JsonDocument file) =>
        file
            .RootElement.GetProperty("categories")
            .EnumerateArray()
            .ToDictionary(category => category.GetProperty("id").GetInt32(), category => category.GetProperty("name").GetString()!);
}
