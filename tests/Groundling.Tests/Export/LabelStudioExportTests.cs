using System.Text.Json;
using System.Xml.Linq;
using Groundling.Export.LabelStudio;
using Groundling.Tests.Data;

namespace Groundling.Tests.Export;

/// <summary>Label Studio's tasks, read as its documentation and its front end's decoder say.</summary>
public sealed class LabelStudioExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("label-studio", "BrushLabels", "brushlabels")]
    [InlineData("label-studio-polygons", "PolygonLabels", "polygonlabels")]
    public void Regions_have_the_masks_and_labels_of_the_configuration(string format, string control, string type)
    {
        var folder = ExportCase.Export(_folder, format, new() { PictureAddress = "https://pictures.example/" });
        var configuration = XElement.Parse(File.ReadAllText(Path.Combine(folder, "labels.xml")));
        Assert.StartsWith("<View>", File.ReadAllText(Path.Combine(folder, "labels.xml")));
        var labels = configuration.Element(control)!;
        var image = configuration.Element("Image")!;
        var allowed = labels.Elements("Label").Select(label => label.Attribute("value")!.Value).ToHashSet();
        using var tasks = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tasks.json")));
        Assert.Equal(2, tasks.RootElement.GetArrayLength());
        var data = tasks.RootElement[0].GetProperty("data");
        Assert.Equal("https://pictures.example/deep/a%20%26%20c.png", data.GetProperty(image.Attribute("value")!.Value[1..]).GetString());
        Assert.Equal(ExportCase.Caption, data.GetProperty("caption").GetString());
        var regions = tasks.RootElement[0].GetProperty("predictions")[0].GetProperty("result").EnumerateArray().ToList();
        Assert.Equal(regions.Count, regions.Select(region => region.GetProperty("id").GetString()).Distinct().Count());
        foreach (var region in regions)
        {
            Assert.Equal(type, region.GetProperty("type").GetString());
            Assert.Equal(labels.Attribute("name")!.Value, region.GetProperty("from_name").GetString());
            Assert.Equal(image.Attribute("name")!.Value, region.GetProperty("to_name").GetString());
            Assert.Equal(ExportCase.Width, region.GetProperty("original_width").GetInt32());
            Assert.Equal(ExportCase.Height, region.GetProperty("original_height").GetInt32());
            var label = Assert.Single(region.GetProperty("value").GetProperty(type).EnumerateArray());
            Assert.Contains(label.GetString()!, allowed);
        }
        foreach (var phrase in ExportCase.Found)
        {
            var own = regions.Where(region => region.GetProperty("meta").GetProperty("text")[0].GetString() == phrase.Span.Text);
            Assert.Equal(1, phrase.Mask.IoU(RunLengthMask.Union(own.Select(Mask), ExportCase.Width, ExportCase.Height)));
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(300, 301)] // runs of more than 65,536 bytes
    [InlineData(700, 500)]
    public void Brush_runs_of_any_length_are_read_back(int width, int height)
    {
        foreach (var mask in Masks(width, height))
            Assert.Equal(mask.ToBytes(), new BrushReader(BrushRuns.Encode(mask)).ReadMask(width, height).ToBytes());
    }

    /// <summary>Groundling.Tests -explicit only -method "*The_front_ends_own_decoder*": needs node, npm and the package registry.</summary>
    [Fact(Explicit = true)]
    public void The_front_ends_own_decoder_reads_brush_runs()
    {
        Assert.SkipUnless(Programs.RunIn(_folder.Path, "node", "--version") is { Code: 0 }, "needs node");
        Assert.SkipUnless(
            Programs.RunIn(_folder.Path, "npm", "install", "--prefix", _folder.Path, "@thi.ng/rle-pack@3.2.12") is { Code: 0 },
            "needs npm and a package registry to install @thi.ng/rle-pack"
        );
        _folder.Write(
            "decode.mjs",
            """
            import { decode } from "@thi.ng/rle-pack";
            import { readFileSync, writeFileSync } from "node:fs";
            writeFileSync("rgba", decode(new Uint8Array(JSON.parse(readFileSync("packed.json", "utf8")))));
            """
        );
        foreach (var mask in ExportCase.Found.Select(phrase => phrase.Mask).Concat(Masks(300, 301)))
        {
            _folder.Write("packed.json", JsonSerializer.Serialize(BrushRuns.Encode(mask).Select(value => (int)value)));
            var run = Programs.RunIn(_folder.Path, "node", "decode.mjs");
            Assert.True(run.Code == 0, run.Error);
            byte[] expected = [.. mask.ToBytes().SelectMany(pixel => Enumerable.Repeat((byte)(255 * pixel), 4))];
            Assert.Equal(expected, File.ReadAllBytes(_folder.File("rgba")));
        }
    }

    private static IEnumerable<RunLengthMask> Masks(int width, int height)
    {
        yield return RunLengthMask.Empty(width, height);
        yield return RunLengthMask.FromBox(new(0, 0, width, height), width, height);
        yield return RunLengthMask.FromBox(new(width - 1, height / 2, 1, 1), width, height);
        var noise = new Random(7);
        yield return RunLengthMask.FromBytes([.. Enumerable.Range(0, width * height).Select(_ => (byte)noise.Next(2))], width, height);
    }

    private static RunLengthMask Mask(JsonElement region)
    {
        var value = region.GetProperty("value");
        if (value.TryGetProperty("rle", out var rle))
        {
            Assert.Equal("rle", value.GetProperty("format").GetString());
            return new BrushReader([.. rle.EnumerateArray().Select(item => item.GetByte())]).ReadMask(ExportCase.Width, ExportCase.Height);
        }
        var ring = value
            .GetProperty("points")
            .EnumerateArray()
            .Select(point => (point[0].GetDouble() / 100 * ExportCase.Width, point[1].GetDouble() / 100 * ExportCase.Height))
            .ToList();
        return Fill.Of([ring], ExportCase.Width, ExportCase.Height);
    }
}
