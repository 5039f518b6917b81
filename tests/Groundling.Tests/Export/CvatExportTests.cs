using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Groundling.Export;
using Groundling.Tests.Data;

namespace Groundling.Tests.Export;

/// <summary>CVAT's XML, read as its documentation says.</summary>
public sealed class CvatExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cvat", "mask")]
    [InlineData("cvat-polygons", "polygon")]
    public void Shapes_have_the_masks_and_labels_of_the_task(string format, string element)
    {
        var folder = ExportCase.Export(_folder, format);
        var file = XElement.Load(Path.Combine(folder, "annotations.xml"));
        Assert.Equal("1.1", file.Element("version")!.Value);
        var labels = file.Descendants("label").Select(label => label.Element("name")!.Value).ToList();
        Assert.Equal(["ring", "light", "sky", "cloud"], labels);
        using var raw = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "labels.json")));
        Assert.Equal(labels, raw.RootElement.EnumerateArray().Select(label => label.GetProperty("name").GetString()));
        var images = file.Elements("image").ToList();
        Assert.Equal(["deep/a & c.png", "deep/b & c.png"], images.Select(image => image.Attribute("name")!.Value));
        Assert.Equal(["0", "1"], images.Select(image => image.Attribute("id")!.Value));
        foreach (var image in images)
        {
            Assert.Equal((ExportCase.Width, ExportCase.Height), (Number(image, "width"), Number(image, "height")));
            Assert.All(image.Elements(), shape => Assert.Equal(element, shape.Name.LocalName));
            Assert.All(image.Elements(), shape => Assert.Contains(shape.Attribute("label")!.Value, labels));
            foreach (var phrase in ExportCase.Found)
            {
                var own = image.Elements().Where(shape => Attribute(shape, "phrase") == phrase.Span.Text).ToList();
                Assert.Equal(1, phrase.Mask.IoU(RunLengthMask.Union(own.Select(Mask), ExportCase.Width, ExportCase.Height)));
                Assert.All(own, shape => Assert.Equal($"{phrase.Span.Start}", Attribute(shape, "start")));
                // One phrase, one group, where it has pieces.
                Assert.Single(own.Select(shape => shape.Attribute("group_id")?.Value).Distinct());
                Assert.Equal(own.Count > 1, own[0].Attribute("group_id") is not null);
            }
        }
    }

    [Fact]
    public void A_name_with_a_line_end_is_still_that_files_name()
    {
        const string name = "two\nlines\tand \"more\".png";
        using (var exporter = new Exporter(_folder.Path, ["cvat"]))
        {
            var grounding = Groundings.Make(6, 4, ("a dog", 0.9, new(0, 0, 2, 2)));
            exporter.Add(new(name, GroundingDocument.From(grounding)) { Name = "a" });
            exporter.Finish();
        }
        var file = XElement.Load(_folder.File("cvat/annotations.xml"));
        Assert.Equal(name, file.Element("image")!.Attribute("name")!.Value);
    }

    private static string Attribute(XElement shape, string name) =>
        Assert.Single(shape.Elements("attribute"), attribute => attribute.Attribute("name")!.Value == name).Value;

    private static int Number(XElement element, string name) => int.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static RunLengthMask Mask(XElement shape) => shape.Name == "mask" ? FromRuns(shape) : FromPoints(shape);

    private static RunLengthMask FromPoints(XElement shape) =>
        Fill.Of(
            [
                shape
                    .Attribute("points")!
                    .Value.Split(';')
                    .Select(pair => pair.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray())
                    .Select(pair => (pair[0], pair[1]))
                    .ToList(),
            ],
            ExportCase.Width,
            ExportCase.Height
        );

    private static RunLengthMask FromRuns(XElement shape)
    {
        var (left, top, width, height) = (Number(shape, "left"), Number(shape, "top"), Number(shape, "width"), Number(shape, "height"));
        var counts = shape.Attribute("rle")!.Value.Split(", ").Select(value => int.Parse(value, CultureInfo.InvariantCulture));
        var inside = counts.SelectMany((count, i) => Enumerable.Repeat((byte)(i & 1), count)).ToArray();
        Assert.Equal(width * height, inside.Length);
        var pixels = new byte[ExportCase.Width * ExportCase.Height];
        for (int y = 0; y < height; y++)
            inside.AsSpan(y * width, width).CopyTo(pixels.AsSpan((top + y) * ExportCase.Width + left));
        return RunLengthMask.FromBytes(pixels, ExportCase.Width, ExportCase.Height);
    }
}
