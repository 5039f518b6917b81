using System.Text.Json;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Scenes;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Torch;

namespace Groundling.Tests.Training;

/// <summary>groundling train as a user runs it. The long ones: <c>-explicit only -class "*TrainCommand*"</c>.</summary>
public sealed class TrainCommandTests(TinyModel tiny, ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Config => _folder.Write("config.json", "// small\n" + SmallTraining.Config.ToJson());

    [Fact]
    public void Trains_goes_on_and_leaves_a_checkpoint_that_names_its_frozen_model()
    {
        var data = SmallTraining.Data(_folder);
        var run = CommandRun.Of(Line(data, "run")).Works();
        Assert.Contains("6 steps; best score", run.Output);
        Assert.Contains("step 6/6", run.Error);
        foreach (var checkpoint in (string[])["last", "best"])
        {
            var folder = _folder.File($"run/checkpoints/{checkpoint}");
            using var model = GroundingFolder.Load(folder, tiny.Pipeline.Diffusion.UNet, tiny.Pipeline.Diffusion.Vae);
            Assert.Equal(SmallTraining.Config.Grounding with { Size = 64 }, model.Config);
            Assert.Equal(
                _folder.File("run/frozen"),
                JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "frozen.json"))).RootElement.GetProperty("model").GetString()
            );
            Assert.InRange(
                JsonDocument
                    .Parse(File.ReadAllText(Path.Combine(folder, "metrics.json")))
                    .RootElement.GetProperty("scores")
                    .GetProperty("average_recall.overall")
                    .GetDouble(),
                0,
                1
            );
        }
        Assert.Contains("6 steps", CommandRun.Of([.. Line(data, "run"), "--resume", "--set", "train.threads=1"]).Works().Output);
        CommandRun.Of(Line(data, "run")).RefusesInOneLine("go on with it, or name another folder (--resume, --out)");
        CommandRun
            .Of([.. Line(data, "run"), "--resume", "--set", "train.learningRate=0.5"])
            .RefusesInOneLine("train.learningRate 0.001, this command has 0.5");
    }

    [Fact]
    public void Begins_with_the_weights_of_another_run()
    {
        var data = SmallTraining.Data(_folder, 2);
        CommandRun.Of([.. Line(data, "fewer"), "--model", tiny.Path, "--set", "grounding.parts=decoder", "--set", "train.steps=2"]).Works();
        string[] whole =
        [
            .. Line(data, "whole"),
            "--model",
            tiny.Path,
            "--set",
            "train.initial=fewer/checkpoints/last",
            "--set",
            "train.learningRate=1e-12",
            "--set",
            "train.warmUp=0",
        ];
        var begun = CommandRun.Of(whole).Works().Error;
        Assert.Contains($"begins with the weights of {_folder.File("fewer/checkpoints/last")}; anew: adapter (", begun);
        Assert.Contains("aggregation (", begun);
        var mark = JsonDocument
            .Parse(File.ReadAllText(_folder.File("whole/run.json")))
            .RootElement.GetProperty("initial")
            .GetProperty("content")
            .GetString();
        using (
            var model = GroundingFolder.Load(
                _folder.File("whole/checkpoints/last"),
                tiny.Pipeline.Diffusion.UNet,
                tiny.Pipeline.Diffusion.Vae
            )
        )
        using (
            var earlier = GroundingFolder.Load(
                _folder.File("fewer/checkpoints/last"),
                tiny.Pipeline.Diffusion.UNet,
                tiny.Pipeline.Diffusion.Vae
            )
        )
            foreach (
                var ((_, now), (name, before)) in earlier
                    .NamedTensors()
                    .Select(pair => (model.NamedTensors().Single(other => other.Name == pair.Name), pair))
            )
                TensorAssert.Close(before, now, 1e-6, name); // a learning rate of nearly nothing

        Directory.Delete(_folder.File("fewer"), recursive: true); // a run that goes on has its own weights
        Assert.DoesNotContain("begins with", CommandRun.Of([.. whole, "--resume"]).Works().Error);
        Assert.Equal(
            mark,
            JsonDocument
                .Parse(File.ReadAllText(_folder.File("whole/run.json")))
                .RootElement.GetProperty("initial")
                .GetProperty("content")
                .GetString()
        );
        CommandRun
            .Of([.. Line(data, "new"), "--model", tiny.Path, "--set", "train.initial=fewer/checkpoints/last"])
            .RefusesInOneLine(Path.Combine("fewer", "checkpoints", "last"), "holds no trained parts");
        Assert.False(Directory.Exists(_folder.File("new")));
    }

    [Fact]
    public void Kept_parts_keep_their_weights_and_the_others_learn()
    {
        var data = SmallTraining.Data(_folder, 2);
        CommandRun.Of([.. Line(data, "first"), "--model", tiny.Path, "--set", "train.steps=1"]).Works();
        string[] second = [.. Line(data, "second"), "--model", tiny.Path, "--set", "train.initial=first/checkpoints/last"];
        CommandRun.Of([.. second, "--set", "train.keep=adapter, mask_feature", "--set", "train.steps=2"]).Works();
        var (diffusion, changed) = (tiny.Pipeline.Diffusion, new HashSet<string>());
        using (var before = GroundingFolder.Load(_folder.File("first/checkpoints/last"), diffusion.UNet, diffusion.Vae))
        using (var after = GroundingFolder.Load(_folder.File("second/checkpoints/last"), diffusion.UNet, diffusion.Vae))
            foreach (var ((name, old), (_, now)) in before.NamedTensors().Zip(after.NamedTensors()))
                if (!old.allclose(now, 0, 0))
                    changed.Add(name.Split('.')[0]);
        Assert.Equal(["aggregation", "decoder", "diffusion_head", "levels"], changed.Order());
    }

    [Fact]
    public void Faults_show_before_a_folder_is_made()
    {
        var data = SmallTraining.Data(_folder, 2);
        CommandRun.Of([.. Line(data, "run"), "--set", "data.train=test"]).RefusesInOneLine("png_coco_test2017.json does not exist");
        CommandRun.Of([.. Line(data, "run"), "--set", "model=nowhere"]).RefusesInOneLine("no such model folder");
        CommandRun.Of([.. Line(data, "run"), "--model", _folder.File("nowhere")]).RefusesInOneLine("no such model folder");
        CommandRun.Of([.. Line(data, "run"), "--set", "model="]).RefusesInOneLine("names no frozen model");
        CommandRun.Of([.. Line(data, "run"), "--resume"]).RefusesInOneLine("no run to go on with");
        CommandRun.Of("train", _folder.File("none.json"), "--data", data, "--out", _folder.File("run")).RefusesInOneLine("none.json");
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    [Fact]
    public void A_fault_that_shows_later_leaves_no_run_in_the_corrected_commands_way()
    {
        var data = SmallTraining.Data(_folder, 2);
        CommandRun.Of([.. Line(data, "run"), "--set", "grounding.classes=45"]).RefusesInOneLine("the data have 46 categories");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("run")));
        _folder.Write("damaged/model_index.json", """{ "_class_name": "StableDiffusionPipeline" }""");
        CommandRun.Of([.. Line(data, "run"), "--model", _folder.File("damaged")]).RefusesInOneLine("damaged");
        string[] epochs = [.. Line(data, "run"), "--set", "train.steps=0", "--set"];
        CommandRun.Of([.. epochs, "train.epochs=1e300"]).RefusesInOneLine("'train.epochs' is 1E+300");
        CommandRun.Of([.. epochs, "train.epochs=1", "--set", "train.coolDown=900"]).RefusesInOneLine("'train.coolDown' is 900");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("run")));
        CommandRun.Of([.. Line(data, "run"), "--set", "train.steps=1"]).Works();
        CommandRun.Of([.. Line(data, "run"), "--set", "train.steps=1", "--set", "grounding.classes=45"]).Refuses("holds a run already");
        Assert.True(File.Exists(_folder.File("run/checkpoints/last/training.json")));
    }

    [Fact]
    public void A_full_disk_is_one_line_and_loses_no_checkpoint()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "mounts a small disk");
        var (data, disk) = (SmallTraining.Data(_folder, 2), _folder.File("disk"));
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(Programs.Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk).Code == 0, "mounting is not allowed here");
        try
        {
            CommandRun
                .Of([
                    .. Line(data, "disk/run"),
                    "--model",
                    tiny.Path,
                    "--set",
                    "train.steps=400",
                    "--set",
                    "train.saveEvery=1",
                    "--set",
                    "train.validateEvery=0",
                    "--set",
                    "data.validation=",
                    "--quiet",
                ])
                .RefusesInOneLine("cannot be written", "last holds step", "Make room and go on with the run (--resume)");
            var last = _folder.File("disk/run/checkpoints/last");
            using var model = GroundingFolder.Load(last, tiny.Pipeline.Diffusion.UNet, tiny.Pipeline.Diffusion.Vae);
            Assert.Equal(
                ["last", "previous"],
                Directory.GetFileSystemEntries(_folder.File("disk/run/checkpoints")).Select(Path.GetFileName).Order()
            );
            Assert.True(File.Exists(Path.Combine(last, "training.json")));
        }
        finally
        {
            Programs.Run("umount", disk);
        }
    }

    [Fact]
    public async Task A_killed_run_goes_on_to_the_numbers_of_one_that_was_not() => await KillAndCompare(steps: 8, kills: 1);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public async Task A_run_killed_many_times_goes_on_to_the_numbers_of_one_that_was_not() => await KillAndCompare(steps: 60, kills: 8);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Eight_scenes_are_learnt_by_heart_and_by_static_prompting_they_are_not()
    {
        Groundling.Scenes.SceneWriter.Write(_folder.File("eight"), Groundling.Scenes.SceneSplit.Train, 8, seed: 3, size: 64);
        var config = Path.Combine(Shared.Root, "configs", "overfit.json");
        var score = Score("full");
        output.WriteLine($"average recall {score:F4}");
        Assert.InRange(score, 0.9, 1);
        Assert.InRange(Score("static", "--set", "grounding.parts=static", "--set", "train.steps=40"), 0, 0.3);

        double Score(string name, params string[] changes)
        {
            CommandRun
                .Of([
                    "train",
                    config,
                    "--data",
                    _folder.File("eight"),
                    "--out",
                    _folder.File(name),
                    "--set",
                    $"train.cache={_folder.File("cache")}",
                    .. changes,
                ])
                .Works();
            return JsonDocument
                .Parse(File.ReadAllText(_folder.File($"{name}/checkpoints/best/training.json")))
                .RootElement.GetProperty("best")
                .GetDouble();
        }
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Two_thousand_steps_need_no_more_memory_than_two_hundred()
    {
        var data = SmallTraining.Data(_folder);
        CommandRun
            .Of([
                .. Line(data, "run"),
                "--set",
                "train.steps=2000",
                "--set",
                "train.validateEvery=0",
                "--set",
                "train.saveEvery=500",
                "--set",
                $"train.cache={_folder.File("cache")}",
                "--set",
                "train.batchSize=1",
            ])
            .Works();
        var resident = File.ReadLines(_folder.File("run/metrics.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("resident_mb", out _))
            .Select(line => (double)line.GetProperty("resident_mb").GetInt64())
            .ToList();
        output.WriteLine($"MB resident after 200, 1000, 2000 steps: {resident[199]}, {resident[999]}, {resident[1999]}");
        Assert.InRange(resident[199..].Max(), 0, 1.05 * resident[199]);
    }

    private async Task KillAndCompare(int steps, int kills)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "kills a process");
        var data = SmallTraining.Data(_folder);
        string[] settings =
        [
            "--model",
            tiny.Path,
            "--quiet",
            "--set",
            $"train.steps={steps}",
            "--set",
            "train.threads=1",
            "--set",
            "train.saveEvery=1",
            "--set",
            $"train.validateEvery={steps / 2}",
        ];
        Assert.Equal(0, await Process([.. Line(data, "whole"), .. settings], null));
        var random = new Random(20);
        for (var kill = 0; kill < kills; kill++)
        {
            var at = random.Next(1, steps);
            await Process(
                [.. Line(data, "killed"), .. settings, .. kill > 0 ? ["--resume"] : (string[])[]],
                () => Steps("killed").Count >= Math.Min(Math.Max(at, kill + 1), steps - 1)
            );
        }
        Assert.Equal(0, await Process([.. Line(data, "killed"), .. settings, "--resume"], null));
        Assert.Equal(Steps("whole"), Steps("killed"));
        Assert.Equal(steps, Steps("whole").Count);
        foreach (var file in (string[])["grounding/model.safetensors", "training-state.safetensors"])
            Assert.Equal(
                File.ReadAllBytes(_folder.File($"whole/checkpoints/last/{file}")),
                File.ReadAllBytes(_folder.File($"killed/checkpoints/last/{file}"))
            );
    }

    /// <summary>Step, losses and gradient norm of every step in a run's metrics.</summary>
    private List<string> Steps(string run)
    {
        var file = _folder.File($"{run}/metrics.jsonl");
        if (!File.Exists(file))
            return [];
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return
        [
            .. reader
                .ReadToEnd()
                .Split('\n')
                .Where(line => line.EndsWith('}') && line.Contains("\"loss\""))
                .Select(line => line[..line.IndexOf(",\"learning_rate\"", StringComparison.Ordinal)]),
        ];
    }

    private string[] Line(string data, string run) => ["train", Config, "--data", data, "--out", _folder.File(run)];

    /// <summary>The command as a process of its own, killed without warning as soon as something holds.</summary>
    private static async Task<int> Process(string[] arguments, Func<bool>? killWhen)
    {
        var run = await Programs
            .Heard(GroundlingProgram.Place, arguments)
            .ToEndAsync(TimeSpan.FromMinutes(8), Programs.Once(killWhen, process => process.Kill()));
        if (killWhen is null)
            Assert.Equal("", run.Error);
        return run.Code;
    }
}
