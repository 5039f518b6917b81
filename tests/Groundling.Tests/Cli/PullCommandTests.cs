using Groundling.Tests.Data;
using Groundling.Tests.Hub;

namespace Groundling.Tests.Cli;

/// <summary>groundling pull, and models by their names, against a hub of our own.</summary>
public sealed class PullCommandTests : IDisposable
{
    private static readonly string[] Variables = ["HF_ENDPOINT", "HF_HUB_CACHE", "HF_TOKEN", "HF_HUB_OFFLINE", "HF_TOKEN_PATH"];
    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackHub _hub;
    private readonly TinyModel _tiny;
    private readonly string?[] _before = [.. Variables.Select(Environment.GetEnvironmentVariable)];

    public PullCommandTests(TinyModel tiny)
    {
        _tiny = tiny;
        _hub = new(LoopbackHub.FilesOf(tiny.Path));
        foreach (var (name, value) in Variables.Zip([_hub.Endpoint, _folder.File("hub"), LoopbackHub.Secret, null, _folder.File("none")]))
            Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose()
    {
        foreach (var (name, value) in Variables.Zip(_before))
            Environment.SetEnvironmentVariable(name, value);
        _hub.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_model_that_was_pulled_is_found_by_its_name()
    {
        var run = CommandRun.Of("pull", LoopbackHub.Name).Works();
        Assert.Contains($"{HubTree.Snapshot(_folder.File("hub"))}: ", run.Output);
        Assert.Contains("files, ", run.Error);
        Assert.DoesNotContain(LoopbackHub.Secret, run.Output + run.Error);
        _hub.Requests.Clear();
        var names = new[]
        {
            LoopbackHub.Name,
            $"{LoopbackHub.Name}@{LoopbackHub.Commit}",
            HubTree.Repository(_folder.File("hub")),
            HubTree.Snapshot(_folder.File("hub")),
        };
        var phrases = names.Select((name, i) => Phrases(name, $"out{i}")).Append(Phrases(_tiny.Path, "own")).ToList();
        Assert.All(phrases, text => Assert.Equal(phrases[0], text));
        CommandRun.Of("inspect", LoopbackHub.Name).Works();
        Assert.Empty(_hub.Requests);
        Assert.Contains($"{LoopbackHub.Name}@{LoopbackHub.Commit[..7]}", File.ReadAllText(_folder.File("out0/phrases.json")));
    }

    [Fact]
    public void The_page_of_models_does_what_it_says()
    {
        const string published = "stable-diffusion-v1-5/stable-diffusion-v1-5";
        _hub.Fault = (request, answer) =>
            request.Path.Contains(published) ? HubAnswer.Of(307, ("Location", request.Path.Replace(published, LoopbackHub.Name))) : answer;
        var before = Directory.GetCurrentDirectory();
        _folder.Write("horses.jpg", TinyModel.Gradient(64, 48).EncodePng());
        try
        {
            Directory.SetCurrentDirectory(_folder.Path);
            var commands = new Readme.ReadmeText("docs/models.md").Commands;
            Assert.Equal(["pull", "ground"], commands.Select(words => words[1]));
            foreach (var words in commands)
                CommandRun.Of(words[1..]).Works();
            Assert.True(File.Exists("result/overlay.png"));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Fact]
    public void Nothing_large_comes_unasked()
    {
        CommandRun
            .Of("inspect", LoopbackHub.Name)
            .RefusesInOneLine(
                LoopbackHub.Name,
                "is neither a folder here nor in",
                " files, ",
                " MB to pull; say --yes, or: groundling pull groundling/tiny"
            );
        Assert.False(Directory.Exists(_folder.File("hub")));
        CommandRun.Of("inspect", LoopbackHub.Name, "--yes").Works();
        _hub.Requests.Clear();
        CommandRun.Of("inspect", LoopbackHub.Name).Works();
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public void A_path_comes_before_a_name()
    {
        SymbolicLinks.SkipUnlessThere();
        var before = Directory.GetCurrentDirectory();
        var link = _folder.File(LoopbackHub.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        Directory.CreateSymbolicLink(link, _tiny.Path);
        try
        {
            Directory.SetCurrentDirectory(_folder.Path);
            CommandRun.Of("inspect", LoopbackHub.Name).Works();
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public void A_snapshot_that_is_not_whole_is_gone_on_with()
    {
        CommandRun.Of("pull", LoopbackHub.Name).Works();
        File.Delete(Path.Combine(HubTree.Snapshot(_folder.File("hub")), "unet/diffusion_pytorch_model.safetensors"));
        CommandRun.Of("inspect", LoopbackHub.Name).RefusesInOneLine("has no whole weights of unet", "--yes");
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");
        CommandRun.Of("inspect", LoopbackHub.Name).RefusesInOneLine("has no whole weights of unet", "HF_HUB_OFFLINE");
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", null);
        CommandRun.Of("inspect", LoopbackHub.Name, "--yes").Works();
    }

    [Fact]
    public void What_is_no_name_and_what_is_not_there_is_said()
    {
        CommandRun.Of("pull", "tiny").RefusesInOneLine("'tiny' names no repository", "OWNER/NAME");
        CommandRun.Of("pull", "who/knows").RefusesInOneLine("who/knows", "no such repository");
        CommandRun.Of("pull", $"{LoopbackHub.Name}@v9").RefusesInOneLine("has no revision 'v9'");
        CommandRun.Of("inspect", "who/knows", "--yes").RefusesInOneLine("who/knows", "no such repository");
    }

    [Fact]
    public void Other_models_are_refused_before_a_byte_comes()
    {
        _hub.Fault = (request, answer) =>
        {
            if (request.Path.StartsWith("/api/models"))
                answer.Body = System.Text.Encoding.UTF8.GetBytes(
                    System.Text.Encoding.UTF8.GetString(answer.Body).Replace("StableDiffusionPipeline", "StableDiffusionInpaintPipeline")
                );
            return answer;
        };
        CommandRun.Of("pull", LoopbackHub.Name).RefusesInOneLine("is an inpainting model, which is not supported");
        Assert.DoesNotContain(_hub.Requests, request => request.IsFetch);
    }

    [Fact]
    public void A_cache_of_several_snapshots_or_models_says_what_to_name()
    {
        CommandRun.Of("pull", LoopbackHub.Name).Works();
        CommandRun.Of("inspect", _folder.File("hub")).RefusesInOneLine("is a whole cache of the hub", LoopbackHub.Name);
        var repository = HubTree.Repository(_folder.File("hub"));
        Directory.CreateDirectory(Path.Combine(repository, "snapshots", "f" + LoopbackHub.Commit[1..]));
        CommandRun.Of("inspect", repository).Works(); // main is the one
        File.Delete(Path.Combine(repository, "refs/main"));
        CommandRun.Of("inspect", repository).RefusesInOneLine("holds 2 snapshots");
    }

    private string Phrases(string model, string output)
    {
        var picture = _folder.Write("a.png", TinyModel.Gradient(48, 32).EncodePng());
        CommandRun
            .Of("ground", picture, "-c", "[two dogs] near [the shore]", "-m", model, "-o", _folder.File(output), "--size", "64", "--quiet")
            .Works();
        return System
            .Text.Json.JsonDocument.Parse(File.ReadAllText(_folder.File($"{output}/phrases.json")))
            .RootElement.GetProperty("phrases")
            .GetRawText();
    }
}
