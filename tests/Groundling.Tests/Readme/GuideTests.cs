using Groundling.Scenes;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Readme;

/// <summary>The guides' commands run as they stand, in a folder with what the guide says is there.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Environment.CurrentDirectory;

    public GuideTests() => Environment.CurrentDirectory = _folder.Path;

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _folder.Dispose();
    }

    [Fact]
    public void A_researchers_comparison()
    {
        SceneWriter.Write("scenes", SceneSplit.Val, 3, seed: 1, size: 128, degreeOfParallelism: 1);
        CommandRun
            .Of("evaluate", "scenes", "--baseline", "oracle", "--predictions", "theirs.jsonl", "--out", "runs/theirs", "--quiet")
            .Works();
        var commands = new ReadmeText("docs/comparing.md").Commands;
        Assert.Equal(["evaluate", "evaluate", "score", "compare", "runs"], commands.Select(words => words[1]));
        foreach (var words in commands)
            CommandRun.Of(words[1..]).Works();
        Assert.True(File.Exists("comparison/comparison.html"));
    }
}
