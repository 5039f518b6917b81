using System.Text.Json;
using Groundling.Modeling;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Method;
using Groundling.Tests.Training;
using Groundling.Tests.Web;

namespace Groundling.Tests.Readme;

/// <summary>examples/teach/teach.sh as it stands: new data, edited, checked, learnt from, measured, compared, and answered with.</summary>
public sealed class TeachingTests(TinyModel tiny, ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_whole_chain_runs_on_a_tiny_model()
    {
        var model = tiny.Copy(_folder);
        using (var trained = TinyGrounding.Build(tiny, SmallTraining.Config.Grounding))
            GroundingFolder.Save(model, trained);
        var config = SmallTraining.Config with
        {
            Model = model,
            Grounding = SmallTraining.Config.Grounding with { Classes = 0 },
            Train = SmallTraining.Config.Train with { Initial = Path.Combine(model, "grounding"), Keep = "adapter,diffusion_head" },
        };
        var taught = await Teach(
            new()
            {
                ["CONFIG"] = _folder.Write("config.json", config.ToJson()),
                ["MODEL"] = model,
                ["PICTURES"] = "3",
                ["SIZE"] = "64",
                ["TRAIN"] = "--set train.threads=1",
            },
            TimeSpan.FromMinutes(5)
        );
        foreach (var split in (string[])["train", "val"])
            Assert.Equal(3, File.ReadAllLines(Path.Combine(taught, $"edits-{split}.jsonl")).Length);
        // What the edits have made is what was drawn.
        using JsonDocument drawn = Read(taught, "drawn/annotations/png_coco_novel2017.json"),
            mine = Read(taught, "mine/annotations/png_coco_train2017.json");
        Assert.Equal(Captions(drawn), Captions(mine));
        using var told = Read(taught, "run/config.json");
        using var panoptic = Read(taught, "mine/annotations/panoptic_train2017.json");
        Assert.Equal(
            panoptic.RootElement.GetProperty("categories").GetArrayLength(),
            told.RootElement.GetProperty("grounding").GetProperty("classes").GetInt32()
        );
        foreach (var comparison in (string[])["learnt", "forgotten"])
            Assert.True(File.Exists(Path.Combine(taught, comparison, "comparison.html")));

        await using var service = await ServeProcess.StartAsync(tiny, "--grounding", Path.Combine(taught, "run/checkpoints/best"));
        var picture = File.ReadAllBytes(Path.Combine(taught, "mine/images/train2017/000000000001.png"));
        using var form = ServiceHost.Form(picture, "[a robot] on [the grass]");
        using var answer = await service.Client.PostAsync("/v1/ground", form, TestContext.Current.CancellationToken);
        var said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, said);
        Assert.Contains("a robot", said);
    }

    /// <summary>
    /// The embedded model learns: <c>Groundling.Tests -explicit only -method "*embedded_model_is_taught*" -showLiveOutput</c>; an hour or
    /// so on two cores.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task The_embedded_model_is_taught_what_it_has_never_seen()
    {
        var taught = await Teach(new() { ["TRAIN"] = "--set train.threads=2" }, TimeSpan.FromHours(5));
        double Recall(string report)
        {
            using var json = Read(taught, $"reports/{report}/report.json");
            return json.RootElement.GetProperty("average_recall").GetProperty("overall").GetDouble();
        }
        Assert.True(Recall("new-after") > Recall("new-before") + 0.02);
    }

    private static IEnumerable<string?> Captions(JsonDocument narratives) =>
        narratives.RootElement.EnumerateArray().Select(told => told.GetProperty("caption").GetString());

    private static JsonDocument Read(string folder, string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, file)));

    private async Task<string> Teach(Dictionary<string, string?> environment, TimeSpan limit)
    {
        Assert.SkipWhen(
            OperatingSystem.IsWindows() || !File.Exists("/bin/sh"),
            "the script is one for a POSIX shell, and /bin/sh is not there"
        );
        var taught = _folder.File("taught");
        var run = await Programs
            .Heard("/bin/sh", [Path.Combine(Shared.Root, "examples/teach/teach.sh"), taught])
            .With([new("GROUNDLING", GroundlingProgram.Place), .. environment])
            .ToEndAsync(limit);
        output.WriteLine(run.Output);
        Assert.True(run.Code == 0, run.Error);
        return taught;
    }
}
