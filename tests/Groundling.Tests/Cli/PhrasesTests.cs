using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Groundling.Data;
using Groundling.Tests.Data;

namespace Groundling.Tests.Cli;

/// <summary>groundling phrases, and captions without brackets.</summary>
public sealed class PhrasesTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_caption_is_printed_as_ground_reads_it()
    {
        var lines = CommandRun.Of("phrases", "Two dogs [!] chase a red ball.").Works().Output.Split('\n');
        Assert.Equal(@"[Two dogs] \[!\] chase [a red ball].", lines[0].TrimEnd());
        var read = Caption.ParseBrackets(lines[0].TrimEnd());
        Assert.Equal(("Two dogs [!] chase a red ball.", "Two dogs", "a red ball"), (read.Text, read.Phrases[0].Text, read.Phrases[1].Text));
        Assert.Contains(lines, line => line.Contains("Two dogs") && line.Contains("0 to 8") && line.Contains("plural"));
        Assert.Contains(lines, line => line.Contains("a red ball") && line.Contains("19 to 29") && line.Contains("singular"));
        Assert.Equal("no noun phrases", CommandRun.Of("phrases", "").Works().Output.Trim());
    }

    [Fact]
    public void A_file_gives_an_array_a_line()
    {
        var file = _folder.Write("captions.txt", "\U0001F415 A dog and two cats.\n\nrunning quickly\r\nthe sky");
        var lines = CommandRun
            .Of("phrases", "--file", file, "--json")
            .Works()
            .Output.TrimEnd()
            .Split('\n')
            .Select(line => line.TrimEnd())
            .ToList();
        Assert.Equal(4, lines.Count);
        // The emoji before the dog counts two, as in UTF-16.
        Assert.Equal(
            """[{"text":"A dog","start":3,"end":8,"plural":false},{"text":"two cats","start":13,"end":21,"plural":true}]""",
            lines[0]
        );
        Assert.Equal("[]", lines[1]);
        Assert.Equal("[]", lines[2]);
        Assert.Equal("""[{"text":"the sky","start":0,"end":7,"plural":false}]""", lines[3]);
        Assert.Equal("", CommandRun.Of("phrases", "--file", _folder.Write("empty.txt", ""), "--json").Works().Output);
        Assert.Equal("[]", CommandRun.Of("phrases", "", "--json").Works().Output.Trim());
        Assert.Equal("[the sky]", CommandRun.Of("phrases", "--file", file).Works().Output.TrimEnd().Split('\n')[^1].TrimEnd());
    }

    [Fact]
    public void The_standard_input_is_read_as_UTF_8()
    {
        using var process = Process.Start(
            new ProcessStartInfo(GroundlingProgram.Place, ["phrases", "--file", "-", "--json"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardInputEncoding = new UTF8Encoding(false),
                StandardOutputEncoding = Encoding.UTF8,
            }
        )!;
        process.StandardInput.Write("a café by the sea\n");
        process.StandardInput.Close();
        using var json = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(["a café", "the sea"], json.RootElement.EnumerateArray().Select(phrase => phrase.GetProperty("text").GetString()));
    }

    [Fact]
    public void Bad_requests_are_told()
    {
        CommandRun.Of("phrases").RefusesInOneLine("either a caption or --file");
        CommandRun.Of("phrases", "a dog", "--file", "x").RefusesInOneLine("either a caption or --file");
        CommandRun.Of("phrases", "--file", _folder.File("none.txt")).RefusesInOneLine("none.txt");
    }

    [Fact]
    public void Ground_finds_the_phrases_unless_brackets_or_options_name_them()
    {
        var picture = _folder.Write("a.png", TinyModel.Gradient(48, 32).EncodePng());
        List<string?> Ground(params string[] caption)
        {
            var run = CommandRun
                .Of(["ground", picture, .. caption, "--model", tiny.Path, "--size", "64", "--out", _folder.File("out"), "--json"])
                .Works();
            return
            [
                .. JsonDocument
                    .Parse(run.Output)
                    .RootElement.GetProperty("phrases")
                    .EnumerateArray()
                    .Select(phrase => phrase.GetProperty("text").GetString()),
            ];
        }
        Assert.Equal(["A man", "a hat", "two dogs"], Ground("--caption", "A man with a hat walks two dogs."));
        Assert.Equal(["A man with a hat"], Ground("--caption", "[A man with a hat] walks two dogs."));
        Assert.Equal(["hat walks"], Ground("--caption", "A man with a hat walks two dogs.", "--phrases", "hat walks"));
        _folder.Write("a.txt", "the sea under the clouds\n");
        Assert.Equal(["the sea", "the clouds"], Ground());
        CommandRun
            .Of("ground", picture, "--caption", "running quickly", "--model", tiny.Path)
            .RefusesInOneLine("No noun phrase was found", "running quickly", "[brackets]");
        CommandRun.Of("ground", picture, "--caption", " ", "--model", tiny.Path).RefusesInOneLine("empty");
    }
}
