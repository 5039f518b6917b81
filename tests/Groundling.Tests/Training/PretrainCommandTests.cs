using System.Text.Json;
using System.Text.RegularExpressions;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Scenes;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Torch;
using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

/// <summary>groundling pretrain and sample, from drawn pictures to pictures drawn by the model.</summary>
public sealed class PretrainCommandTests : IDisposable
{
    internal const string Settings = """
        {
          "model": "tiny",
          "data": { "side": 128 },
          "vae": { "steps": 4, "learningRate": 0.001, "batchSize": 2, "crop": 64, "validateEvery": 2, "validationLimit": 2, "saveEvery": 2 },
          "text": { "steps": 4, "learningRate": 0.001, "batchSize": 2, "validateEvery": 2, "saveEvery": 2 },
          "diffusion": { "steps": 4, "coarseSteps": 2, "learningRate": 0.001, "batchSize": 2, "validateEvery": 4, "validationLimit": 2, "saveEvery": 2 }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Makes_a_model_that_samples_and_grounds()
    {
        var data = Data();
        CommandRun.Of(Line(data, "run")).Works();
        var model = _folder.File("run/model");
        foreach (var (file, seed) in (ReadOnlySpan<(string, string)>)[("a", "3"), ("b", "3"), ("c", "4")])
            CommandRun
                .Of(
                    "sample",
                    "two red boats",
                    "--model",
                    model,
                    "--seed",
                    seed,
                    "--steps",
                    "2",
                    "--size",
                    "64",
                    "--out",
                    _folder.File($"{file}.png")
                )
                .Works();
        var (first, again, other) = (
            File.ReadAllBytes(_folder.File("a.png")),
            File.ReadAllBytes(_folder.File("b.png")),
            File.ReadAllBytes(_folder.File("c.png"))
        );
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        var picture = Picture.Load(_folder.File("a.png"));
        Assert.Equal((64, 64), (picture.Width, picture.Height));
        CommandRun
            .Of(
                "ground",
                _folder.File("a.png"),
                "--caption",
                "[two red boats] near [the shore]",
                "--model",
                model,
                "--size",
                "64",
                "--out",
                _folder.File("grounded")
            )
            .Works();
        var vae = JsonDocument.Parse(File.ReadAllText(Path.Combine(model, "vae", "config.json"))).RootElement;
        Assert.NotEqual(0.18215, vae.GetProperty("scaling_factor").GetDouble(), 3); // measured, not Stable Diffusion's
        CommandRun.Of([.. Line(data, "run"), "--quiet"]).RefusesInOneLine("--resume");
        CommandRun.Of([.. Line(data, "run"), "--resume"]).Works(); // nothing is left to do
    }

    [Fact]
    public void Several_pictures_are_those_of_the_seeds_that_follow()
    {
        var model = _folder.File("tiny");
        CommandRun.Of("new-model", "--preset", "tiny", "--out", model).Works();
        string[] line = ["sample", "a kite", "--model", model, "--steps", "2", "--size", "64", "--quiet"];
        CommandRun.Of([.. line, "--seed", "8", "--count", "2", "--out", _folder.File("two.png")]).Works();
        CommandRun.Of([.. line, "--seed", "9", "--out", _folder.File("one.png")]).Works();
        var (second, alone) = (Picture.Load(_folder.File("two-1.png")).Rgb, Picture.Load(_folder.File("one.png")).Rgb);
        Assert.All(second.Zip(alone), pair => Assert.InRange(pair.First - pair.Second, -1, 1)); // sums in another order
        Assert.Equal("a kite\n", File.ReadAllText(_folder.File("two-1.txt")));
        CommandRun.Of([.. line, "a boat", "two trees", "--grid", "2", "--out", _folder.File("grid.png")]).Works();
        var grid = Picture.Load(_folder.File("grid.png"));
        Assert.Equal((128, 128), (grid.Width, grid.Height));
        Assert.False(File.Exists(_folder.File("grid.txt")));
    }

    [Fact]
    public void A_stopped_pretraining_goes_on_to_the_same_model()
    {
        var data = Data();
        CommandRun.Of([.. Line(data, "whole"), "--threads", "1"]).Works();
        for (var stage = 0; stage < 3; stage++)
        {
            using var stop = new CancellationTokenSource();
            var pretraining = new Pretraining(PretrainConfig.Read(Config), data, _folder.File("stopped"), resume: stage > 0);
            pretraining.Prepare(_ => { }, stop.Token);
            Func<ITrainingObserver?, CancellationToken, TrainingOutcome>[] stages =
            [
                pretraining.TrainVae,
                pretraining.TrainText,
                pretraining.TrainDiffusion,
            ];
            foreach (var earlier in stages.Take(stage))
                Assert.False(earlier(null, CancellationToken.None).Stopped);
            if (stage == 2)
                pretraining.PrepareDiffusion(_ => { }, stop.Token);
            Assert.True(stages[stage](new StopAfter(3, stop), stop.Token).Stopped);
        }
        CommandRun.Of([.. Line(data, "stopped"), "--resume", "--threads", "1"]).Works();
        foreach (
            var file in (string[])
                [
                    "vae/diffusion_pytorch_model.fp16.safetensors",
                    "unet/diffusion_pytorch_model.fp16.safetensors",
                    "text_encoder/model.fp16.safetensors",
                    "tokenizer/merges.txt",
                ]
        )
            Assert.Equal(File.ReadAllBytes(_folder.File($"whole/model/{file}")), File.ReadAllBytes(_folder.File($"stopped/model/{file}")));
    }

    [Fact]
    public void A_leg_keeps_parts_of_a_model_and_goes_on_with_its_unet()
    {
        var data = Data();
        SceneWriter.Write(data, SceneSplit.CloseUps, 4, seed: 3, size: 128, degreeOfParallelism: 1);
        CommandRun.Of([.. Line(data, "first"), "--quiet"]).Works();
        string[] keep =
        [
            "--set",
            "initial=first/model",
            "--set",
            "keep=vae,text",
            "--set",
            "data.train=closeups",
            "--set",
            "diffusion.coarseSteps=0",
            "--set",
            "diffusion.learningRate=1e-12",
            "--quiet",
        ];
        CommandRun.Of([.. Line(data, "second"), .. keep]).Works();
        Assert.False(Directory.Exists(_folder.File("second/vae")));
        Assert.False(Directory.Exists(_folder.File("second/text")));
        foreach (
            var file in (string[])
                [
                    "vae/diffusion_pytorch_model.fp16.safetensors",
                    "vae/config.json",
                    "text_encoder/model.fp16.safetensors",
                    "tokenizer/merges.txt",
                    "tokenizer/vocab.json",
                ]
        )
            Assert.Equal(File.ReadAllBytes(_folder.File($"first/model/{file}")), File.ReadAllBytes(_folder.File($"second/model/{file}")));
        // Steps too small for halves: what is written is what was begun with.
        using (var scope = NewDisposeScope())
        using (
            SafetensorsFile before = UNetOf("first"),
                after = UNetOf("second")
        )
            foreach (var name in before.Entries.Keys)
                TensorAssert.Close(before.Read(name).to(float32), after.Read(name).to(float32), 1e-7, name);
        CommandRun.Of([.. Line(data, "second"), .. keep, "--resume"]).Works();
        CommandRun.Of([.. Line(data, "third"), .. keep, "--set", "diffusion.learningRate=0.01"]).Works();
        using (var scope = NewDisposeScope())
        using (
            SafetensorsFile before = UNetOf("first"),
                after = UNetOf("third")
        )
            Assert.Contains(before.Entries.Keys, name => before.Read(name).ne(after.Read(name)).any().item<bool>());

        SafetensorsFile UNetOf(string run) =>
            SafetensorsFile.Open(_folder.File($"{run}/model/unet/diffusion_pytorch_model.fp16.safetensors"));
    }

    [Fact]
    public void A_leg_rehearses_what_an_earlier_one_learnt()
    {
        var data = Data();
        SceneWriter.Write(data, SceneSplit.CloseUps, 12, seed: 3, size: 64, degreeOfParallelism: 1);
        CommandRun.Of([.. Line(data, "first"), "--quiet"]).Works();
        var leg = _folder.Write(
            "leg.json",
            """
            {
              "model": "tiny", "initial": "first/model", "keep": "vae,text",
              "data": { "side": 128, "rehearsed": "closeups", "rehearsedSide": 64 },
              "diffusion": { "steps": 5, "learningRate": 0.001, "batchSize": 2, "validateEvery": 5, "validationLimit": 2, "rehearseEvery": 2, "wordContrast": 0.1 }
            }
            """
        );
        string[] Leg(string run, params string[] changes) =>
            [.. Line(data, run, leg), "--quiet", "--threads", "1", .. changes.SelectMany(change => (string[])["--set", change])];
        double[] Losses(string run) =>
            [
                .. File.ReadLines(_folder.File($"{run}/diffusion/metrics.jsonl"))
                    .Select(line => JsonDocument.Parse(line).RootElement)
                    .Where(line => line.TryGetProperty("loss", out _))
                    .Select(line => line.GetProperty("loss").GetDouble()),
            ];
        CommandRun.Of(Leg("without", "data.rehearsed=")).Works();
        CommandRun.Of(Leg("whole")).Works();
        var (without, whole) = (Losses("without"), Losses("whole"));
        Assert.Equal((5, without[0]), (whole.Length, whole[0]));
        Assert.NotEqual(without[1], whole[1]); // the second step rehearses
        Assert.Contains("\"words\":", File.ReadAllText(_folder.File("whole/diffusion/metrics.jsonl")));

        using (var stop = new CancellationTokenSource())
        {
            var pretraining = new Pretraining(PretrainConfig.Read(leg), data, _folder.File("stopped"), resume: false);
            pretraining.Prepare(_ => { }, stop.Token);
            pretraining.PrepareDiffusion(_ => { }, stop.Token);
            Assert.True(pretraining.TrainDiffusion(new StopAfter(3, stop), stop.Token).Stopped);
        }
        CommandRun.Of([.. Leg("stopped"), "--resume"]).Works();
        const string unet = "model/unet/diffusion_pytorch_model.fp16.safetensors";
        Assert.Equal(File.ReadAllBytes(_folder.File($"whole/{unet}")), File.ReadAllBytes(_folder.File($"stopped/{unet}")));

        CommandRun.Of(Leg("refused", "data.rehearsedSide=96")).RefusesInOneLine("'data.rehearsedSide' is 96");
        CommandRun.Of(Leg("refused", "data.rehearsedSide=128")).RefusesInOneLine("not 128 x 128");
        CommandRun.Of(Leg("refused", "diffusion.wordContrast=-1")).RefusesInOneLine("'diffusion.wordContrast' is -1");
        CommandRun.Of(Leg("refused", "diffusion.rehearseEvery=0")).RefusesInOneLine("'diffusion.rehearseEvery' is 0");
        CommandRun.Of(Leg("refused", "data.rehearsed=nowhere")).RefusesInOneLine("png_coco_nowhere2017.json");
    }

    [Fact]
    public void Captions_of_further_splits_teach_words()
    {
        var data = Data();
        SceneWriter.Write(data, SceneSplit.Varied, 12, seed: 5, size: 64, degreeOfParallelism: 1);
        string[] Merges(string run) => File.ReadAllLines(_folder.File($"{run}/tokenizer/merges.txt"));
        CommandRun.Of([.. Line(data, "without"), "--quiet"]).Works();
        CommandRun
            .Of([.. Line(data, "with"), "--quiet", "--set", "data.captions=varied", "--set", "initial=without/model", "--set", "keep=vae"])
            .Works();
        Assert.True(Merges("with").Length > Merges("without").Length);
        Assert.Equal(
            File.ReadAllBytes(_folder.File("without/model/vae/config.json")),
            File.ReadAllBytes(_folder.File("with/model/vae/config.json"))
        );
        var told = PngBenchmark.Open(data, "varied", annotationsOnly: true);
        var captions = string.Join(" ", Enumerable.Range(0, told.Count).Select(place => told[place].Caption.Text));
        var tokenizer = ClipTokenizer.Open(_folder.File("with/model/tokenizer"));
        Assert.Equal(["zebra"], tokenizer.UnreadWords($"{captions} zebra"));
    }

    [Fact]
    public void Two_processes_make_one_model()
    {
        MpiRun.SkipUnlessInstalled();
        MpiRun.Groundling([.. Line(Data(), "both"), "--quiet"]).Works();
        Assert.Equal(4, File.ReadLines(_folder.File("both/diffusion/metrics.jsonl")).Count(line => line.Contains("\"loss\"")));
        CommandRun.Of("inspect", _folder.File("both/model")).Works();
    }

    [Fact]
    public void Faults_are_told_in_one_line()
    {
        var data = Data();
        Refuses("data.side=100", "'data.side' is 100");
        Refuses("data.side=64", "'data.side' is 64"); // half of it is too small for a UNet
        Refuses("data.side=256", "not 256 x 256");
        Refuses("vae.crop=200", "'vae.crop' is 200");
        Refuses("text.batchSize=0", "'text.batchSize' is 0");
        Refuses("diffusion.coarseSteps=9", "'diffusion.coarseSteps' is 9");
        Refuses("diffusion.fineLearningRate=0", "'diffusion.fineLearningRate' is 0");
        Refuses("diffusion.uncaptioned=2", "'diffusion.uncaptioned' is 2");
        Refuses("diffusion.wide=2", "wide");
        Refuses("model=huge", "one of sd15");
        Refuses("keep=vae", "'keep' is vae");
        Refuses("initial=nowhere", "'keep' is");
        Refuses("keep=unet", "'keep' is unet");
        Refuses("diffusion.coolDown=9", "'diffusion.coolDown' is 9");
        Refuses("data.captions=nowhere", "png_coco_nowhere2017.json");
        Refuses("data.train=test", "png_coco_test2017.json");
        CommandRun.Of("sample", "a kite", "--model", _folder.File("nowhere")).RefusesInOneLine("no such folder");

        void Refuses(string change, string says) =>
            CommandRun.Of([.. Line(data, "run"), "--quiet", "--set", change]).RefusesInOneLine(says);
    }

    [Fact]
    public void Splits_that_mean_other_things_by_an_id_are_refused_and_maps_that_are_no_squares()
    {
        var data = Data();
        var file = Path.Combine(data, "annotations", "panoptic_val2017.json");
        var text = File.ReadAllText(file);
        var name = JsonDocument.Parse(text).RootElement.GetProperty("categories")[0].GetProperty("name").GetString()!;
        File.WriteAllText(file, text.Replace($"\"{name}\"", "\"gnu\"", StringComparison.Ordinal));
        CommandRun.Of([.. Line(data, "run"), "--quiet"]).RefusesInOneLine("is 'gnu' in", $"and '{name}' in", "one id and one name");
        Assert.Matches("\"height\": ?128", text);
        File.WriteAllText(file, new Regex("\"height\": ?128").Replace(text, "\"height\": 64"));
        CommandRun.Of([.. Line(data, "run"), "--quiet"]).RefusesInOneLine("annotated as 128 x 64", "squares");
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    /// <summary>Pictures may have been made smaller, and what is annotated left as it was.</summary>
    [Fact]
    public void Maps_may_be_finer_than_the_pictures_that_are_measured()
    {
        var data = Data();
        Directory.Delete(Path.Combine(data, "images", "val2017"), recursive: true);
        SceneWriter.Write(_folder.File("fine"), SceneSplit.Val, 2, seed: 3, size: 256, degreeOfParallelism: 1);
        var annotations = _folder.File("fine/annotations");
        foreach (var file in Directory.GetFiles(annotations, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(data, "annotations", Path.GetRelativePath(annotations, file)), overwrite: true);
        foreach (var picture in Directory.GetFiles(_folder.File("fine/images/val2017")))
            _folder.Write($"data/images/val2017/{Path.GetFileName(picture)}", TinyModel.Gradient(128, 128).EncodePng());
        CommandRun.Of([.. Line(data, "run"), "--quiet"]).Works();
        Assert.Contains("auc_1_", File.ReadAllText(_folder.File("run/diffusion/metrics.jsonl")));
    }

    [Fact]
    public void A_run_that_stands_keeps_its_vocabulary()
    {
        var data = Data();
        CommandRun.Of([.. Line(data, "run"), "--quiet"]).Works();
        var merges = File.ReadAllText(_folder.File("run/tokenizer/merges.txt"));
        SceneWriter.Write(data, SceneSplit.Varied, 12, seed: 5, size: 64, degreeOfParallelism: 1);
        CommandRun
            .Of([.. Line(data, "run"), "--quiet", "--set", "data.captions=varied", "--set", "initial=run/model", "--set", "keep=vae"])
            .RefusesInOneLine("holds a run already");
        Assert.Equal(merges, File.ReadAllText(_folder.File("run/tokenizer/merges.txt")));
    }

    [Theory]
    [InlineData("--steps", "0", "steps 0 is out of range: 1 to 1000 (--steps)")]
    [InlineData("--guidance", "-1", "guidance -1 is out of range: 0 to 100 (--guidance)")]
    [InlineData("--count", "65", "count 65 is out of range: 1 to 64 (--count)")]
    [InlineData("--size", "100", "size 100 is out of range: a multiple of 64")]
    [InlineData("--seed", "-1", "--seed -1 is out of range")]
    [InlineData("--grid", "0", "--grid 0 is out of range")]
    [InlineData("--out", "", "--out is empty: give FILE")]
    [InlineData("--out", "nowhere/at/all.png", "there is no folder")]
    public void Sampling_refuses_what_is_out_of_range(string option, string value, string says) =>
        CommandRun.Of("sample", "a kite", "--model", _folder.Path, option, value).RefusesInOneLine(says);

    private string Config => _folder.Write("config.json", Settings);

    private string[] Line(string data, string run, string? config = null) =>
        ["pretrain", config ?? Config, "--data", data, "--out", _folder.File(run)];

    private string Data() => Data(_folder);

    internal static string Data(TemporaryFolder folder)
    {
        var data = folder.File("data");
        SceneWriter.Write(data, SceneSplit.Train, 5, seed: 3, size: 128, degreeOfParallelism: 1);
        SceneWriter.Write(data, SceneSplit.Val, 2, seed: 3, size: 128, degreeOfParallelism: 1);
        return data;
    }

    private sealed class StopAfter(long step, CancellationTokenSource stop) : ITrainingObserver
    {
        public void Begun(long done, long steps) { }

        public void Stepped(StepRecord record)
        {
            if (record.Step == step)
                stop.Cancel();
        }

        public void Validated(long at, Validation validation, bool isBest) { }
    }
}
