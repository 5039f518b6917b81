using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Scenes;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Evaluation;
using Groundling.Torch;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

/// <summary>Work that two processes share, started by a real mpirun.</summary>
public sealed class ParallelTests : IDisposable
{
    private readonly TinyModel _tiny;
    private readonly TemporaryFolder _folder = new();
    private readonly int _threads = get_num_threads();

    public ParallelTests(TinyModel tiny)
    {
        MpiRun.SkipUnlessInstalled();
        _tiny = tiny;
    }

    public void Dispose()
    {
        set_num_threads(_threads); // commands with one thread leave it so
        _folder.Dispose();
    }

    [Fact]
    public void Exchanges_runs_and_their_failures()
    {
        var run = MpiRun.Test(nameof(JointRunParts.All_in_two_processes), JointRunParts.Folder, _folder.Path);
        Assert.True(run.Code == 0, run.Output + run.Error);
        var (first, second) = (Numbers("numbers-0"), Numbers("numbers-1"));
        Assert.Equal(first, second);
        // One process with twice the pictures makes the same steps.
        using var alone = new SharedToyTask();
        using var folder = JointRunParts.NewRun(_folder.File("alone"));
        using var training = new Groundling.Training.TrainingRun(alone, JointRunParts.Settings, folder);
        training.Run(TestContext.Current.CancellationToken);
        Assert.Equal(first.Length, alone.Numbers().Length);
        foreach (var (joint, own) in first.Zip(alone.Numbers()))
            Assert.Equal(own, joint, 1e-6f);
        Assert.InRange(first[0], 0.6f, 1.4f);
    }

    [Theory]
    [InlineData("adamW")]
    [InlineData("muon")]
    public void Two_processes_train_as_one_with_twice_the_batch(string optimizer)
    {
        var data = _folder.File("data");
        SceneWriter.Write(data, SceneSplit.Train, 16, seed: 1, size: 128, degreeOfParallelism: 1);
        // AdamW divides by the gradient's size: where that is rounding alone, so are the steps, unless epsilon is above it.
        // Six steps are an epoch and a half. The loss has kinks: in a longer run, a step comes where rounding decides on which side of one
        // it is. One process with another instruction set then parts from itself as far as two part from one, a thousandfold in that step.
        string[] Line(string run, int batch) =>
            [
                "train",
                Path.Combine(AppContext.BaseDirectory, "configs", "smoke.json"),
                "--data",
                data,
                "--model",
                _tiny.Path,
                "--out",
                _folder.File(run),
                "--quiet",
                "--set",
                $"train.batchSize={batch}",
                $"train.optimizer={optimizer}",
                "train.epsilon=0.001",
                "train.learningRate=0.02",
                "train.steps=6",
                "data.validation=",
            ];
        CommandRun.Of(Line("one", 4)).Works();
        MpiRun.Groundling(Line("two", 2)).Works();
        var (one, two) = (Losses("one"), Losses("two"));
        Assert.Equal(6, one.Count);
        Assert.Equal(6, two.Count);
        Assert.All(one.Zip(two), pair => Assert.InRange(Math.Abs(pair.First - pair.Second) / pair.First, 0, 1e-5));
        Assert.Single(Directory.GetFiles(_folder.File("two"), "events.*"));
        using var scope = NewDisposeScope();
        using SafetensorsFile first = SafetensorsFile.Open(_folder.File("one/checkpoints/last/grounding/model.safetensors")),
            second = SafetensorsFile.Open(_folder.File("two/checkpoints/last/grounding/model.safetensors"));
        Assert.NotEmpty(first.Entries);
        foreach (var name in first.Entries.Keys)
            TensorAssert.Close(first.Read(name), second.Read(name), 1e-5, name);
    }

    [Fact]
    public void Two_processes_evaluate_to_the_same_bytes_also_after_a_stop()
    {
        var data = _folder.File("data");
        SceneWriter.Write(data, SceneSplit.Val, 20, seed: 5, size: 64, degreeOfParallelism: 1);
        string[] Line(string place) =>
            [
                "evaluate",
                data,
                "--model",
                _tiny.Path,
                "--size",
                "64",
                "--threshold",
                "0.08",
                "--threads",
                "1",
                "--out",
                _folder.File(place),
                "--quiet",
            ];
        CommandRun.Of(Line("one")).Works();
        MpiRun.Groundling(Line("two")).Works();
        AssertSameFiles("one", "two");

        Stopped("one-told", MpiRun.TellOne);
        Stopped("launcher-told", MpiRun.TellLauncher);

        void Stopped(string place, Action<Process> stop)
        {
            var journal = _folder.File($"{place}/journal.jsonl");
            var stopped = MpiRun.Groundling(Line(place), () => File.Exists(journal) && File.ReadAllLines(journal).Length > 1, stop);
            Assert.Equal(130, stopped.Code);
            Assert.Contains("stopped", stopped.Error);
            var lines = File.ReadAllLines(journal);
            Assert.InRange(lines.Length, 2, 20);
            Assert.Equal(File.ReadAllLines(_folder.File("one/journal.jsonl"))[..lines.Length], lines);
            CommandRun.Of([.. Line(place), "--resume"]).Works();
            AssertSameFiles("one", place);
        }
    }

    [Fact]
    public void Two_processes_ground_a_folder_as_one_and_none_waits_for_one_that_failed()
    {
        Directory.CreateDirectory(_folder.File("in"));
        for (var i = 0; i < 5; i++)
            _folder.Write($"in/{i}.png", TinyModel.Gradient(40, 24, shift: 9 * i).EncodePng());
        _folder.Write("in/3b.png", "no picture");
        string[] Line(string place) =>
            [
                "ground",
                _folder.File("in"),
                "-c",
                "[a] and [b]",
                "--model",
                _tiny.Path,
                "--size",
                "64",
                "--threads",
                "1",
                "--threshold",
                "0.3",
                "--out",
                _folder.File(place),
                "--json",
                "--quiet",
            ];
        var (one, two) = (CommandRun.Of(Line("one")), MpiRun.Groundling(Line("two")));
        Assert.Equal((2, 2), (one.Code, two.Code));
        Assert.Equal(5, one.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(one.Output.Replace("\r", ""), two.Output.Replace("\r", ""));
        Assert.Single(two.Error.Split('\n'), line => line.StartsWith("error: ") && line.Contains("3b.png"));
        AssertSameFiles("one", "two");

        // Both fail: one of them says so. One fails alone: it says so, and the other is not left waiting.
        var both = MpiRun.Groundling("evaluate", _folder.File("none"), "--model", _tiny.Path);
        Assert.Equal(2, both.Code);
        Assert.Single(both.Error.Split('\n'), line => line.Contains("error: "));
        var data = EvaluationData.Scenes(_folder);
        File.WriteAllText(
            Directory.GetFiles(Path.Combine(data, "images", "val2017")).Order(StringComparer.Ordinal).ElementAt(1),
            "no picture"
        );
        var alone = MpiRun.Groundling("evaluate", data, "--model", _tiny.Path, "--size", "64", "--out", _folder.File("broken"), "--quiet");
        Assert.Equal(2, alone.Code);
        Assert.Single(alone.Error.Split('\n'), line => line.Contains("process 1 of 2: error: "));
        Assert.Contains("does not share its work", MpiRun.Groundling("scenes", "--out", _folder.File("s"), "-n", "1").Error);
    }

    private void AssertSameFiles(string one, string other)
    {
        var files = Directory
            .GetFiles(_folder.File(one), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.File(one), file))
            .Order()
            .ToList();
        Assert.NotEmpty(files);
        Assert.Equal(
            files,
            Directory
                .GetFiles(_folder.File(other), "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(_folder.File(other), file))
                .Order()
        );
        Assert.All(files, file => Assert.Equal(WithoutRun(_folder.File($"{one}/{file}")), WithoutRun(_folder.File($"{other}/{file}"))));
    }

    /// <summary>A file but for what is the run's own: when it began, its command line and its processes.</summary>
    private static byte[] WithoutRun(string file)
    {
        switch (Path.GetFileName(file))
        {
            case "run.json":
                return [];
            case "report.json":
                var report = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
                Assert.True(report.Remove("run"));
                return Encoding.UTF8.GetBytes(report.ToJsonString());
            case "report.html":
                var page = File.ReadAllText(file);
                var begun = page.IndexOf("<dt>Program</dt>", StringComparison.Ordinal);
                Assert.True(begun > 0);
                return Encoding.UTF8.GetBytes(page[..begun] + page[page.IndexOf("</dl>", begun, StringComparison.Ordinal)..]);
            default:
                return File.ReadAllBytes(file);
        }
    }

    private float[] Numbers(string name) => JsonSerializer.Deserialize<float[]>(File.ReadAllText(_folder.File(name)))!;

    private List<double> Losses(string run) =>
        [
            .. File.ReadLines(_folder.File($"{run}/metrics.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Where(line => line.TryGetProperty("loss", out _))
                .Select(line => line.GetProperty("loss").GetDouble()),
        ];
}
