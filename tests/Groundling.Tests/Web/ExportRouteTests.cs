using System.IO.Compression;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Export;
using Groundling.Tests.Data;
using SkiaSharp;

namespace Groundling.Tests.Web;

/// <summary>An answer of the service in other tools' formats.</summary>
public sealed class ExportRouteTests(TinyModel tiny) : IAsyncLifetime
{
    private const int Width = 64,
        Height = 48;
    private static readonly RunLengthMask Inside = RunLengthMask.Union(
        [RunLengthMask.FromBox(new(5, 7, 20, 3), Width, Height), RunLengthMask.FromBox(new(11, 10, 4, 9), Width, Height)],
        Width,
        Height
    ); // a T
    private readonly byte[] _picture = ServiceHost.Picture(Width, Height);
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ServiceHost.StartAsync(tiny, new() { MaxMegabytes = 2, MaxMegapixels = 1 });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Every_format_that_the_model_names_is_a_zip_of_what_the_command_writes()
    {
        var document = await AnswerAsync();
        var formats = (await ServiceHost.Json(await _host.Client.GetAsync(new Uri("/v1/model", UriKind.Relative))))["export_formats"]!;
        Assert.Equal(Exporter.Formats, formats.AsArray().Select(format => (string)format!));
        using var folder = new TemporaryFolder();
        var picture = folder.File("harbour.png");
        File.WriteAllBytes(picture, _picture);
        foreach (var format in Exporter.Formats)
        {
            using (var exporter = new Exporter(folder.File("out"), [format]))
            {
                exporter.Add(new("harbour.png", GroundingDocument.Parse(document.ToJsonString())) { Name = "harbour", Path = picture });
                exporter.Finish();
            }
            var expected = folder.File($"out/{format}");
            using var zip = await ExportAsync(document, format, "harbour");
            Assert.Equal(
                Directory
                    .GetFiles(expected, "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(expected, file).Replace('\\', '/'))
                    .Order(),
                zip.Entries.Where(entry => entry.Name.Length > 0).Select(entry => entry.FullName).Order()
            );
            foreach (var entry in zip.Entries.Where(entry => entry.Name.Length > 0))
            {
                var written = File.ReadAllBytes(Path.Combine(expected, entry.FullName));
                Assert.True(written.AsSpan().SequenceEqual(Bytes(entry)), $"{format}: {entry.FullName} differs");
            }
        }
    }

    [Fact]
    public async Task A_cut_out_is_the_picture_inside_its_mask_and_nothing_around()
    {
        using var zip = await ExportAsync(await AnswerAsync(), "cut-outs", "../odd name");
        Assert.Equal(["oddname/01-man.png", "oddname/masks.json"], zip.Entries.Select(entry => entry.FullName).Order()); // nothing of the empty mask
        using var cut = SKBitmap.Decode(Bytes(zip.GetEntry("oddname/01-man.png")!));
        var whole = Picture.Decode(_picture, "a");
        Assert.Equal((Inside.Box.Width, Inside.Box.Height), (cut.Width, cut.Height));
        var inside = Inside.ToBytes();
        for (var y = 0; y < cut.Height; y++)
        for (var x = 0; x < cut.Width; x++)
        {
            var at = (Inside.Box.Y + y) * Width + Inside.Box.X + x;
            var expected = inside[at] == 0 ? default : new SKColor(whole.Rgb[3 * at], whole.Rgb[3 * at + 1], whole.Rgb[3 * at + 2]);
            Assert.Equal(expected, cut.GetPixel(x, y));
        }
    }

    [Fact]
    public async Task What_cannot_be_exported_is_named()
    {
        var document = await AnswerAsync();
        await IsProblem(document.ToJsonString(), "tiff", "the format 'tiff' is not known", "format");
        await IsProblem("{", "png", "no grounding as phrases.json holds it", "document");
        foreach (
            var (member, value, says) in ((string, string, string)[])
                [
                    ("score", "1e999", "no number from 0 to 1"),
                    ("presence", "7", "no number from 0 to 1"),
                    ("segmentation", "null", "no grounding"),
                ]
        )
        {
            var changed = document.DeepClone();
            changed["phrases"]![0]![member] = JsonNode.Parse(value);
            await IsProblem(changed.ToJsonString(), "coco-instances", says, "document");
        }
        await IsProblem(Changed("null"), "png", "no grounding", "document");
        await IsProblem(Changed("[null]"), "png", "phrase is null", "document");
        document["width"] = Width + 1;
        await IsProblem(document.ToJsonString(), "png", "the mask of \"a man\" is of 64 x 48 pixels", "document");

        string Changed(string phrases)
        {
            var changed = document.DeepClone();
            changed["phrases"] = JsonNode.Parse(phrases);
            return changed.ToJsonString();
        }

        async Task IsProblem(string document, string format, string says, string parameter) =>
            await ServiceHost.IsProblem(await PostAsync(document, format, "a"), 400, says, parameter);
    }

    /// <summary>What the service says of two phrases, with a box for the first one's mask and nothing for the other's.</summary>
    private async Task<JsonNode> AnswerAsync()
    {
        var answer = await ServiceHost.Json(await _host.Ground(_picture, "[a man] on [a grey horse]", ("size", "64")));
        foreach (var (phrase, mask) in answer["phrases"]!.AsArray().Zip([Inside, RunLengthMask.Empty(Width, Height)]))
        {
            (phrase!["segmentation"]!["counts"], phrase["area"]) = (mask.ToCompressed(), mask.Area);
            phrase["box"] = new JsonArray(mask.Box.X, mask.Box.Y, mask.Box.Width, mask.Box.Height);
        }
        return answer;
    }

    private Task<HttpResponseMessage> PostAsync(string document, string format, string name) =>
        _host.Client.PostAsync(
            new Uri("/v1/export", UriKind.Relative),
            ServiceHost.Form(_picture, null, ("document", document), ("format", format), ("name", name))
        );

    private async Task<ZipArchive> ExportAsync(JsonNode document, string format, string name)
    {
        using var response = await PostAsync(document.ToJsonString(), format, name);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal("application/zip", response.Content.Headers.ContentType!.MediaType);
        return new(new MemoryStream(await response.Content.ReadAsByteArrayAsync()));
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
