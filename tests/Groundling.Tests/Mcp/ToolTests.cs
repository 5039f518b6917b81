using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Evaluation;
using ModelContextProtocol.Protocol;

namespace Groundling.Tests.Mcp;

/// <summary>The tools of the Model Context Protocol, called by its own client.</summary>
public sealed class ToolTests : IAsyncLifetime
{
    private const string Caption = "[a man] on [a grey horse]";
    private readonly TinyModel _tiny;
    private readonly TemporaryFolder _folder = new();
    private readonly string _open,
        _picture;
    private ToolClient _client = null!;

    public ToolTests(TinyModel tiny)
    {
        _tiny = tiny;
        _open = _folder.File("open");
        _picture = _folder.Write("open/a.png", TinyModel.Gradient(192, 128).EncodePng());
        _folder.Write("open/a.txt", Caption + "\n");
    }

    public async ValueTask InitializeAsync() => _client = await ToolClient.OfAsync(_tiny.Pipeline, _open);

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Tools_say_what_they_do_and_change_nothing()
    {
        var tools = await _client.Client.ListToolsAsync();
        Assert.Equal(["about", "compare_reports", "evaluate", "find_phrases", "ground_picture"], tools.Select(t => t.Name).Order());
        Assert.All(tools, tool => Assert.True(tool.Description!.Length > 30 && tool.ProtocolTool.Annotations!.ReadOnlyHint == true));
        Assert.Equal("groundling", _client.Client.ServerInfo!.Name);
        var about = await _client.AskAsync("about");
        Assert.Equal("tiny", (string)about["model"]!);
        Assert.Equal([_open], about["folders"]!.AsArray().Select(f => (string)f!));
    }

    [Fact]
    public async Task Phrases_are_those_of_the_command()
    {
        var found = await _client.AskAsync("find_phrases", ("caption", "two dogs near a red car"));
        Assert.Equal(["two dogs", "a red car"], found["phrases"]!.AsArray().Select(p => (string)p!["text"]!));
    }

    [Fact]
    public async Task Masks_are_those_of_the_command_by_path_and_by_bytes()
    {
        var expected = JsonNode.Parse(
            CommandRun
                .Of("ground", _picture, "--model", _tiny.Path, "--threshold", "0.3", "--json", "--quiet", "--out", _folder.File("out"))
                .Works()
                .Output
        )!["phrases"]!;
        Assert.All(expected.AsArray(), phrase => Assert.True((int)phrase!["area"]! > 0));
        var byPath = await _client.AskAsync("ground_picture", ("path", "a.png"), ("threshold", 0.3)); // the caption lies beside it
        var byBytes = await _client.AskAsync(
            "ground_picture",
            ("image", Convert.ToBase64String(File.ReadAllBytes(_picture))),
            ("caption", Caption),
            ("threshold", 0.3)
        );
        Assert.Equal(expected.ToJsonString(), byPath["phrases"]!.ToJsonString());
        Assert.Equal(expected.ToJsonString(), byBytes["phrases"]!.ToJsonString());
    }

    [Fact]
    public async Task Masks_come_as_polygons_as_boxes_and_as_a_figure()
    {
        var grounded = await _client.AskAsync("ground_picture", ("path", _picture), ("threshold", 0.3), ("masks", "polygons"));
        var phrase = grounded["phrases"]![0]!;
        Assert.Null(phrase["segmentation"]);
        // The areas of the rings, holes against the clock, are the mask's.
        double area = phrase["polygons"]!
            .AsArray()
            .Sum(ring =>
            {
                var corners = ring!.AsArray().Select(c => (X: (int)c![0]!, Y: (int)c[1]!)).ToList();
                return corners.Zip(corners.Skip(1).Append(corners[0]), (a, b) => ((a.X * b.Y) - (b.X * a.Y)) / 2.0).Sum();
            });
        Assert.Equal((double)phrase["area"]!, area);
        var boxes = (await _client.AskAsync("ground_picture", ("path", _picture), ("masks", "boxes")))["phrases"]![0]!;
        Assert.Null(boxes["segmentation"]);
        Assert.Equal(4, boxes["box"]!.AsArray().Count);
        var figure = (await _client.CallAsync("ground_picture", ("path", _picture), ("figure", true))).Content.OfType<ImageContentBlock>();
        Assert.True(Picture.Decode(Assert.Single(figure).DecodedData.ToArray(), "the figure").Width >= 192);
    }

    [Fact]
    public async Task Nothing_outside_the_named_folders_is_opened()
    {
        SymbolicLinks.SkipUnlessThere();
        var outside = _folder.Write("outside/b.png", TinyModel.Gradient(64, 64).EncodePng());
        foreach (var path in (string[])[outside, "../outside/b.png", _folder.Path, "/etc/passwd", "", "none.png"])
            Assert.Contains("is not there", await _client.RefusalAsync("ground_picture", ("path", path), ("caption", "[a]")));
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(_folder.File("open/link.png"), outside);
            Directory.CreateSymbolicLink(_folder.File("open/down"), _folder.File("outside"));
            foreach (var path in (string[])["link.png", "down/b.png"])
                Assert.Contains("is not there", await _client.RefusalAsync("ground_picture", ("path", path), ("caption", "[a]")));
        }
        // A folder whose name only begins like an allowed one.
        _folder.Write("open-too/b.png", TinyModel.Gradient(64, 64).EncodePng());
        Assert.Contains(
            "is not there",
            await _client.RefusalAsync("ground_picture", ("path", _folder.File("open-too/b.png")), ("caption", "[a]"))
        );
        Assert.Contains("is not there", await _client.RefusalAsync("evaluate", ("data", _folder.File("outside"))));
        Assert.Contains(
            "is not there",
            await _client.RefusalAsync("compare_reports", ("reports", new[] { _folder.File("outside"), _open }))
        );
        await using var closed = await ToolClient.OfAsync(_tiny.Pipeline);
        Assert.Contains("no folder may be read", await closed.RefusalAsync("ground_picture", ("path", _picture)));
        CommandRun.Of("mcp", "--allow", _folder.File("none")).RefusesInOneLine("--allow", "is not a folder");
    }

    [Fact]
    public async Task What_is_wrong_is_the_calls_answer()
    {
        Assert.Contains("either by 'path'", await _client.RefusalAsync("ground_picture", ("caption", "[a]")));
        Assert.Contains("not base64", await _client.RefusalAsync("ground_picture", ("image", "%%"), ("caption", "[a]")));
        Assert.Contains("masks \"png\"", await _client.RefusalAsync("ground_picture", ("path", "a.png"), ("masks", "png")));
        Assert.Contains("threshold", await _client.RefusalAsync("ground_picture", ("path", "a.png"), ("threshold", 7)));
        Assert.Contains("size", await _client.RefusalAsync("ground_picture", ("path", "a.png"), ("size", 5)));
        Assert.Contains("is a folder", await _client.RefusalAsync("ground_picture", ("path", ".")));
        Assert.Contains("a.txt", await _client.RefusalAsync("ground_picture", ("path", "a.txt"), ("caption", "[a]")) + "a.txt");
        Assert.Contains("limit 0", await _client.RefusalAsync("evaluate", ("data", "."), ("limit", 0)));
        Assert.Contains("holds no report", await _client.RefusalAsync("compare_reports", ("reports", new[] { ".", "." })));
        _folder.Write("open/c.png", TinyModel.Gradient(64, 64).EncodePng());
        Assert.Contains("there is no caption", await _client.RefusalAsync("ground_picture", ("path", "c.png")));
    }

    [Fact]
    public async Task Figures_are_those_of_the_command()
    {
        var data = EvaluationData.Scenes(_folder, 3);
        await using var client = await ToolClient.OfAsync(_tiny.Pipeline, data);
        var told = await client.AskAsync("evaluate", ("data", data), ("limit", 2));
        var report = JsonNode.Parse(
            CommandRun
                .Of("evaluate", data, "--model", _tiny.Path, "--limit", "2", "--json", "--quiet", "--out", _folder.File("e"))
                .Works()
                .Output
        )!;
        foreach (var name in (string[])["counts", "average_recall", "share_above_half", "mean_iou", "categories"])
            Assert.Equal(report[name]!.ToJsonString(), told[name]!.ToJsonString());
    }

    [Fact]
    public async Task Reports_are_compared()
    {
        var a = NoisyMethod.Write(_folder, "open/a", NoisyMethod.Results(100, 1, 2));
        var b = NoisyMethod.Write(_folder, "open/b", NoisyMethod.Results(100, 1, 3, 0.05));
        var expected = JsonNode.Parse(CommandRun.Of("compare", $"old={a}", $"new={b}", "--json").Works().Output)!;
        var told = await _client.AskAsync("compare_reports", ("reports", new[] { "old=a", $"new={b}" }));
        Assert.Equal(expected["groups"]!.ToJsonString(), told["groups"]!.ToJsonString());
        Assert.Equal(["old", "new"], told["methods"]!.AsArray().Select(m => (string)m!["name"]!));
    }
}
