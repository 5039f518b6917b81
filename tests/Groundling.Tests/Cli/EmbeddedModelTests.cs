using System.Text.Json;
using Groundling.Scenes;
using Groundling.Tests.Data;
using Groundling.Web;

namespace Groundling.Tests.Cli;

/// <summary>The model that answers where none is named, on scenes that it was not trained on.</summary>
public sealed class EmbeddedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_finds_the_phrases_of_scenes_that_it_has_never_seen()
    {
        var data = _folder.File("data");
        SceneWriter.Write(data, SceneSplit.Val, 12, seed: 77, size: 256, degreeOfParallelism: 1);
        Assert.InRange(Recall("--baseline", "whole-image", "--size", "256"), 0.02, 0.2);
        Assert.InRange(Recall(), 0.45, 1); // docs/results.md has what it reaches on 500 scenes

        double Recall(params string[] method)
        {
            var run = CommandRun
                .Of(["evaluate", data, "--out", _folder.File($"figures-{method.Length}"), "--json", "--quiet", .. method])
                .Works();
            return JsonDocument.Parse(run.Output).RootElement.GetProperty("average_recall").GetProperty("overall").GetDouble();
        }
    }

    [Theory]
    [InlineData("harbor")]
    [InlineData("balloons")]
    [InlineData("winter")]
    public void It_knows_the_words_of_the_samples_and_finds_nearly_all_of_their_phrases(string sample)
    {
        var run = CommandRun.Of("ground", Sample(sample), "--out", _folder.File("out")).Works();
        Assert.Contains("not photographs", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("never read", run.Error, StringComparison.Ordinal);
        var phrases = JsonDocument.Parse(File.ReadAllText(_folder.File("out/phrases.json"))).RootElement.GetProperty("phrases");
        Assert.True(phrases.EnumerateArray().Count(phrase => phrase.GetProperty("area").GetInt64() > 0) >= phrases.GetArrayLength() - 1);
    }

    [Fact]
    public void Words_that_it_has_never_read_are_named()
    {
        const string Warning = "warning: scenes never read 'zebra', 'prairie': what comes of such words means little";
        string[] command =
        [
            "ground",
            Sample("harbor"),
            "--caption",
            "Quickly, [a zebra] and [the zebra on a Prairie] gallops",
            "--out",
            _folder.File("out"),
        ];
        Assert.Contains(Warning, CommandRun.Of(command).Works().Error.Split('\n'));
        Assert.Equal(
            Warning,
            CommandRun
                .Of("sample", "a zebra on a prairie", "--steps", "1", "--size", "64", "--quiet", "--out", _folder.File("sample.png"))
                .Works()
                .Error.Trim()
        );
        var many = CommandRun.Of(["ground", Sample("harbor"), Sample("winter"), .. command[2..]]).Works();
        Assert.Equal(2, many.Error.Split('\n').Count(line => line == Warning));
    }

    private static string Sample(string name) => Path.Combine(AppContext.BaseDirectory, "samples", name + ".png");
}
