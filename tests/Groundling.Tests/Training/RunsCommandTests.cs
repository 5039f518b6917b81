using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Groundling.Core;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Evaluation;
using Groundling.Training;

namespace Groundling.Tests.Training;

/// <summary>groundling runs.</summary>
public sealed class RunsCommandTests : IDisposable
{
    private static readonly TrainingSettings Settings = new()
    {
        Steps = 8,
        LearningRate = 0.05,
        WarmUp = 2,
        SaveEvery = 4,
        ValidateEvery = 4,
        Seed = 3,
    };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Runs_are_listed_with_state_best_score_and_what_their_configs_differ_in()
    {
        Train("deep/down/a", Settings);
        Train("b", Settings with { LearningRate = 0.01, Steps = 12 }, score: step => step == 4 ? 0.75 : 0.5);
        Train("c", Settings, stopAfter: 5);
        Train("d", Settings with { Steps = 400, Patience = 1 }, score: _ => 0.25);
        var json = Listing();
        JsonNode Of(string name) =>
            json["runs"]!.AsArray().Single(run => ((string)run!["folder"]!).EndsWith(name, StringComparison.Ordinal))!;
        Assert.Equal(
            [("finished", 8, 8), ("finished", 12, 12), ("stopped", 5, 8), ("finished", 8, 400)],
            ((string[])["a", "b", "c", "d"]).Select(n => ((string)Of(n)["state"]!, (int)Of(n)["step"]!, (int)Of(n)["steps"]!))
        );
        Assert.Equal((8, 8), ((double)Of("a")["best"]!, (int)Of("a")["best_step"]!));
        Assert.Equal((0.75, 4), ((double)Of("b")["best"]!, (int)Of("b")["best_step"]!));
        Assert.All(
            json["runs"]!.AsArray(),
            run => Assert.InRange((DateTime)run!["begun"]!, DateTime.UtcNow.AddMinutes(-10), DateTime.UtcNow)
        );
        var differences = json["config_differences"]!
            .AsObject()
            .ToDictionary(pair => Path.GetFileName(pair.Key), pair => pair.Value!.ToJsonString());
        Assert.Equal("""{"steps":"8","learningRate":"0.05","patience":"0"}""", differences["a"]);
        Assert.Equal("""{"steps":"12","learningRate":"0.01","patience":"0"}""", differences["b"]);
        Assert.Equal(differences["a"], differences["c"]);

        var text = CommandRun.Of("runs", _folder.Path).Works().Output;
        Assert.Matches(@"b +│ toy +│ finished +│ 12/12 +│ 0\.75 +│ 4 ", text);
        Assert.Contains("b: steps 12, learningRate 0.01, patience 0", text);
    }

    [Fact]
    public void A_run_whose_config_counts_epochs_has_the_steps_that_its_checkpoint_names()
    {
        var byEpochs = """{ "train": { "steps": 0, "epochs": 2, "patience": 0 } }""";
        Train("whole", Settings, config: byEpochs);
        Train("part", Settings, config: byEpochs, stopAfter: 5);
        Assert.Equal(
            [("part", "stopped", 8), ("whole", "finished", 8)],
            Listing()["runs"]!
                .AsArray()
                .Select(run => (Path.GetFileName((string)run!["folder"]!), (string)run["state"]!, (int)run["steps"]!))
                .Order()
        );
    }

    [Fact]
    public void A_run_that_is_going_on_is_seen_and_not_disturbed()
    {
        string? during = null;
        Train("a", Settings, onStep: step => during ??= step == 5 ? CommandRun.Of("runs", _folder.Path, "--json").Works().Output : null);
        var run = Assert.Single(JsonNode.Parse(during!)!["runs"]!.AsArray())!;
        Assert.Equal(("running", 4), ((string)run["state"]!, (int)run["step"]!));
        Assert.Equal("finished", (string)Listing()["runs"]![0]!["state"]!);
    }

    [Fact]
    public void A_lock_that_a_killed_process_left_is_no_running_run()
    {
        Train("a", Settings, stopAfter: 3);
        _folder.Write("a/.lock", "");
        Assert.Equal("stopped", (string)Listing()["runs"]![0]!["state"]!);
    }

    [Fact]
    public void Evaluations_are_listed_finished_or_not()
    {
        var results = NoisyMethod.Results(20, 1, 2);
        NoisyMethod.Write(_folder, "e/whole", results);
        File.Delete(Path.Combine(NoisyMethod.Write(_folder, "e/part", results), "report.json"));
        var evaluations = Listing()["evaluations"]!.AsArray();
        Assert.Equal(["unfinished", "finished"], evaluations.Select(e => (string)e!["state"]!));
        Assert.InRange((double)evaluations[1]!["average_recall"]!, 0.4, 0.6);
        Assert.Contains("pictures, val", CommandRun.Of("runs", _folder.Path).Works().Output);
    }

    [Fact]
    public void A_damaged_run_is_named_and_hides_no_other()
    {
        Train("a", Settings);
        Train("b", Settings);
        File.WriteAllText(_folder.File("a/run.json"), "{");
        var run = CommandRun.Of("runs", _folder.Path, "--json").Works();
        Assert.Single(JsonNode.Parse(run.Output)!["runs"]!.AsArray());
        Assert.Matches(@"^warning: .*a.run\.json is not JSON", run.Error);
    }

    [Theory]
    [InlineData("metrics.jsonl", """{"step": 1.5}""" + "\n{}\n")]
    [InlineData("metrics.jsonl", """{"step": 1, "score": 1e999}""" + "\n{}\n")]
    [InlineData("config.json", """{"a": 1, "a": 2}""")]
    [InlineData("config.json", """{"a": "\ud800"}""")]
    public void Damage_of_any_kind_is_one_line(string file, string text)
    {
        Train("a", Settings);
        Train("b", Settings);
        _folder.Write($"a/{file}", text);
        var run = CommandRun.Of("runs", _folder.Path, "--json").Works();
        Assert.Single(JsonNode.Parse(run.Output)!["runs"]!.AsArray());
        Assert.Contains(file, Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("report.json", "\"method\"")]
    [InlineData("journal.jsonl", "\"method\"")]
    public void An_evaluation_that_lacks_what_it_must_have_hides_no_other(string file, string key)
    {
        var damaged = NoisyMethod.Write(_folder, "e/a", NoisyMethod.Results(20, 1, 2));
        NoisyMethod.Write(_folder, "e/b", NoisyMethod.Results(20, 1, 2));
        if (file == "journal.jsonl")
            File.Delete(Path.Combine(damaged, "report.json"));
        var text = File.ReadAllText(Path.Combine(damaged, file));
        File.WriteAllText(Path.Combine(damaged, file), new Regex($"{key}: ?\"[^\"]*\"").Replace(text, $"{key}:null", 1));
        var run = CommandRun.Of("runs", _folder.Path, "--json").Works();
        Assert.Single(JsonNode.Parse(run.Output)!["evaluations"]!.AsArray());
        Assert.Contains(file, run.Error);
    }

    [Fact]
    public void Pictures_that_were_grounded_are_no_evaluation()
    {
        Train("a", Settings);
        _folder.Write("out/journal.jsonl", """{"--caption":"[a]","--model":"tiny"}""" + "\n");
        Assert.Equal("", CommandRun.Of("runs", _folder.Path).Works().Error);
    }

    [Fact]
    public void Model_folders_and_other_files_are_no_runs()
    {
        _folder.Write("models/unet/config.json", "{}");
        CommandRun.Of("runs", _folder.Path).RefusesInOneLine("holds no run and no evaluation");
        CommandRun.Of("runs", _folder.File("none")).RefusesInOneLine("none is not a folder");
    }

    private JsonNode Listing() => JsonNode.Parse(CommandRun.Of("runs", _folder.Path, "--json").Works().Output)!;

    private void Train(
        string name,
        TrainingSettings settings,
        Func<long, double>? score = null,
        long stopAfter = long.MaxValue,
        Action<long>? onStep = null,
        string? config = null
    )
    {
        using var stop = new CancellationTokenSource();
        using var task = new ToyTask
        {
            During = step =>
            {
                onStep?.Invoke(step);
                if (step >= stopAfter)
                    stop.Cancel();
            },
        };
        task.Score = score ?? task.Score;
        using var folder = RunFolder.Open(
            _folder.File(name),
            config ?? ConfigJson.Write(settings),
            RunRecord.Now("toy", 3, null, null),
            resume: false
        );
        using var run = new TrainingRun(task, settings, folder);
        run.Run(stop.Token);
    }
}
