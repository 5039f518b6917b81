using System.Globalization;
using System.Text.Json;
using Groundling.Tests.Data;
using SkiaSharp;

namespace Groundling.Tests.Export;

/// <summary>Formats with files for each picture: YOLO's lines, GeoJSON, PNG masks.</summary>
public sealed class FileFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_of_yolo_is_a_phrase_as_one_polygon()
    {
        var folder = ExportCase.Export(_folder, "yolo-seg");
        var names = File.ReadAllLines(Path.Combine(folder, "data.yaml"))
            .SkipWhile(line => line != "names:")
            .Skip(1)
            .Select(line => line.Trim().Split(": "))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim('\''));
        Assert.Equal(["ring", "light", "sky", "cloud"], names.OrderBy(name => name.Key).Select(name => name.Value));
        foreach (var name in new[] { "a", "b" })
        {
            Assert.True(File.Exists(Path.Combine(folder, "images", $"{name}.png")));
            var lines = File.ReadAllLines(Path.Combine(folder, "labels", $"{name}.txt")).Select(line => line.Split(' ')).ToList();
            Assert.Equal(["ring", "light", "sky", "cloud"], lines.Select(line => names[line[0]]));
            foreach (var (phrase, line) in ExportCase.Found.Zip(lines))
            {
                var shares = line.Skip(1).Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToList();
                Assert.All(shares, share => Assert.InRange(share, 0, 1));
                var ring = shares.Chunk(2).Select(pair => (pair[0] * ExportCase.Width, pair[1] * ExportCase.Height)).ToList();
                Assert.Equal(1, phrase.Mask.IoU(Fill.Of([ring], ExportCase.Width, ExportCase.Height)));
            }
        }
    }

    [Fact]
    public void A_feature_of_geojson_is_a_phrase_with_its_holes()
    {
        var folder = ExportCase.Export(_folder, "polygons");
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "b.geojson")));
        Assert.Equal("FeatureCollection", file.RootElement.GetProperty("type").GetString());
        var features = file.RootElement.GetProperty("features").EnumerateArray().ToList();
        Assert.Equal(ExportCase.Found.Count, features.Count);
        foreach (var (phrase, feature) in ExportCase.Found.Zip(features))
        {
            Assert.Equal("Feature", feature.GetProperty("type").GetString());
            Assert.Equal(phrase.Span.Text, feature.GetProperty("properties").GetProperty("phrase").GetString());
            var geometry = feature.GetProperty("geometry");
            Assert.Equal("MultiPolygon", geometry.GetProperty("type").GetString());
            var polygons = geometry
                .GetProperty("coordinates")
                .EnumerateArray()
                .Select(polygon => polygon.EnumerateArray().Select(Ring).ToList());
            var pieces = polygons.ToList();
            foreach (var rings in pieces)
                Assert.All(rings, (ring, i) => Assert.Equal(i == 0, Area(ring) > 0)); // RFC 7946, 3.1.6
            Assert.Equal(phrase.Mask.ToPolygons().Count, pieces.Count);
            Assert.Equal(1, phrase.Mask.IoU(Fill.Of(pieces.SelectMany(rings => rings), ExportCase.Width, ExportCase.Height)));
        }
    }

    [Fact]
    public void A_png_is_a_phrase_and_the_list_says_which()
    {
        var folder = Path.Combine(ExportCase.Export(_folder, "png"), "a");
        using var list = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "masks.json")));
        var entries = list.RootElement.EnumerateArray().ToList();
        Assert.Equal(
            ["01-ring.png", "02-light.png", "03-sky.png", "04-cloud.png"],
            entries.Select(entry => entry.GetProperty("file").GetString())
        );
        foreach (var (phrase, entry) in ExportCase.Found.Zip(entries))
        {
            Assert.Equal(phrase.Span.Text, entry.GetProperty("attributes").GetProperty("phrase").GetString());
            using var bitmap = SKBitmap.Decode(Path.Combine(folder, entry.GetProperty("file").GetString()!));
            Assert.Equal(SKColorType.Gray8, bitmap.ColorType);
            Assert.Equal(phrase.Mask.ToBytes().Select(pixel => (byte)(255 * pixel)), bitmap.Pixels.Select(pixel => pixel.Red));
        }
    }

    private static List<(double X, double Y)> Ring(JsonElement ring)
    {
        var corners = ring.EnumerateArray().Select(corner => (corner[0].GetDouble(), corner[1].GetDouble())).ToList();
        Assert.Equal(corners[0], corners[^1]);
        return corners[..^1];
    }

    private static double Area(List<(double X, double Y)> ring) =>
        ring.Zip(ring.Skip(1).Append(ring[0]), (a, b) => a.X * b.Y - b.X * a.Y).Sum() / 2;
}
