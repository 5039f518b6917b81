using System.Globalization;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Tests.Data;
using Groundling.Torch;
using Groundling.Training;

namespace Groundling.Tests.Training;

public sealed class TrainingRunTests : IDisposable
{
    private static readonly TrainingSettings Settings = new()
    {
        Steps = 20,
        LearningRate = 0.05,
        Schedule = ScheduleShape.Cosine,
        ClipNorm = 1,
        ValidateEvery = 6,
        SaveEvery = 5,
        Seed = 3,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Out => _folder.File("run");

    [Fact]
    public void Learns_and_leaves_all_files()
    {
        var (outcome, numbers) = Run();
        Assert.Equal(new(20, 20, 20, false, false), outcome);
        Assert.InRange(numbers[0], 0.6, 1.4);
        var lines = Lines();
        Assert.Equal(
            [.. Enumerable.Range(1, 20)],
            lines.Where(line => line.TryGetProperty("loss", out _)).Select(line => line.GetProperty("step").GetInt32())
        );
        Assert.Equal(
            [6, 12, 18, 20],
            lines.Where(line => line.TryGetProperty("score", out _)).Select(line => line.GetProperty("step").GetInt32())
        );
        Assert.All(
            lines.Where(line => line.TryGetProperty("loss", out _)),
            line => Assert.True(line.GetProperty("resident_mb").GetInt64() > 50 && line.GetProperty("images_per_second").GetDouble() > 0)
        );
        foreach (var name in (string[])["last", "best"])
            Assert.Equal(
                ["SHA256SUMS", "model.safetensors", "training-state.safetensors", "training.json"],
                Directory.GetFiles(Path.Combine(Out, "checkpoints", name)).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            );
        var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "run.json"))).RootElement;
        var start = record.GetProperty("starts")[0];
        Assert.Contains("+", start.GetProperty("version").GetString());
        Assert.Contains(start.GetProperty("packages").EnumerateArray(), package => package.GetString()!.StartsWith("TorchSharp "));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(17)]
    public void A_run_that_died_goes_on_bit_for_bit(int death)
    {
        var (_, expected) = Run();
        var lines = LossesAndScores();
        Directory.Delete(Out, recursive: true);
        using (
            var dying = new ToyTask
            {
                During = step =>
                {
                    if (step == death)
                        throw new InvalidOperationException("power cut");
                },
            }
        )
            Assert.Throws<InvalidOperationException>(() => Run(dying));
        var (outcome, numbers) = Run(resume: true);
        Assert.Equal(expected, numbers);
        Assert.Equal(20, outcome.Step);
        Assert.Equal(lines, LossesAndScores());
    }

    [Fact]
    public void A_run_that_was_stopped_goes_on_bit_for_bit()
    {
        var (_, expected) = Run();
        var lines = LossesAndScores();
        Directory.Delete(Out, recursive: true);
        foreach (var at in (long[])[3, 6, 6, 20]) // before, in and after a validation, and after the last step
        {
            using var stop = new CancellationTokenSource();
            using var task = new ToyTask
            {
                During = step =>
                {
                    if (step == at)
                        stop.Cancel();
                },
                DuringValidation = step =>
                {
                    if (step == at)
                        stop.Cancel();
                },
            };
            var (outcome, _) = Run(task, resume: at > 3, stop: stop.Token);
            Assert.Equal((at, true), (outcome.Step, outcome.Stopped)); // the last one is still to be measured
        }
        using var last = new ToyTask();
        var (_, numbers) = Run(last, resume: true);
        Assert.Equal([20], last.ValidatedAfter);
        Assert.Equal(expected, numbers);
        Assert.Equal(lines, LossesAndScores());
    }

    [Fact]
    public void A_validation_that_fails_loses_no_step()
    {
        using (var failing = new ToyTask { DuringValidation = _ => throw new InputException("a picture cannot be read") })
            Assert.Throws<InputException>(() => Run(failing));
        Assert.Equal(6, SavedStep("last")); // the one before was saved at 5
        using var task = new ToyTask();
        Assert.Equal(Expected(), Run(task, resume: true).Numbers);
        Assert.Equal([6, 12, 18, 20], task.ValidatedAfter);
        Directory.Delete(Out, recursive: true);
        using var unmeasured = new ToyTask { Score = _ => double.NaN };
        Assert.Contains("last holds step 6", Assert.Throws<InputException>(() => Run(unmeasured)).Message);
    }

    [Fact]
    public void A_run_without_a_step_is_taken_back_and_another_stays()
    {
        using (var folder = Open(Settings, resume: false))
            folder.TakeBack();
        Assert.Empty(Directory.GetFileSystemEntries(Out));
        Run(settings: Settings with { Steps = 2 });
        using (var folder = Open(Settings with { Steps = 2 }, resume: true))
            folder.TakeBack();
        Assert.Equal(2, SavedStep("last"));
    }

    [Fact]
    public void A_fault_while_saving_leaves_the_old_checkpoint()
    {
        using var full = new ToyTask
        {
            DuringSave = folder =>
            {
                if (Lines().Count > 11)
                    throw new IOException("No space left on device");
            },
        };
        var message = Assert.Throws<IOException>(() => Run(full)).Message;
        Assert.Contains("No space left", message);
        Assert.Contains("last holds step 10", message);
        Assert.Equal((10, 6), (SavedStep("last"), SavedStep("best")));
        Assert.Equal(
            ["best", "last", "previous"],
            Directory.GetFileSystemEntries(Path.Combine(Out, "checkpoints")).Select(Path.GetFileName).Order()
        );
        Assert.Equal(Expected(), Run(resume: true).Numbers);
    }

    [Theory]
    [InlineData("writing")] // died while files were written
    [InlineData("whole")] // died before the old one was moved away
    [InlineData("whole, old moved")] // died before the new one was moved in
    [InlineData("old")] // died before the old one was removed
    public void A_death_between_any_two_moves_leaves_a_checkpoint_to_go_on_from(string state)
    {
        var expected = Expected();
        using (
            var dying = new ToyTask
            {
                During = step =>
                {
                    if (step == 11)
                        throw new InvalidOperationException("power cut");
                },
            }
        )
            Assert.Throws<InvalidOperationException>(() => Run(dying));
        string last = Path.Combine(Out, "checkpoints", "last"),
            hidden = Path.Combine(Out, "checkpoints", ".last.");
        if (state == "writing")
        {
            Directory.CreateDirectory(hidden + "writing");
            File.WriteAllText(hidden + "writing/training.json", "{");
        }
        else if (state == "old")
            Copy(last, hidden + "old");
        else
        {
            Copy(last, hidden + "whole");
            if (state == "whole")
                File.WriteAllText(Path.Combine(last, "training.json"), "an older one");
            else
                Directory.Move(last, hidden + "old");
        }
        Assert.Equal(expected, Run(resume: true).Numbers);
        Assert.Equal(
            ["best", "last", "previous"],
            Directory.GetFileSystemEntries(Path.Combine(Out, "checkpoints")).Select(Path.GetFileName).Order()
        );
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_loss_that_is_no_number_ends_the_run_and_nothing_saved_is_lost(float factor)
    {
        using var task = new ToyTask { Factor = step => step == 8 ? factor : 1 };
        var message = Assert.Throws<InputException>(() => Run(task)).Message;
        Assert.StartsWith("step 8: the loss is", message);
        Assert.Contains("last holds step 6", message);
        Assert.DoesNotContain('\n', message);
        Assert.Equal(7, Lines().Count(line => line.TryGetProperty("loss", out _)));
        Assert.Equal(Expected(), Run(resume: true).Numbers);
    }

    [Fact]
    public void A_run_that_diverges_ends_at_the_same_step_also_after_a_stop()
    {
        var much = Settings with { Steps = 130, ValidateEvery = 0, SaveEvery = 30 };
        ToyTask Diverging() => new() { Factor = step => step < 100 ? 1 : 1e6f };
        using var first = Diverging();
        var message = Assert.Throws<InputException>(() => Run(first, settings: much)).Message;
        Assert.Contains(": the run diverges: its mean loss of 50 steps is ", message);
        Assert.InRange(int.Parse(message.Split(' ', ':')[1], CultureInfo.InvariantCulture), 100, 129);
        Assert.Contains("last holds step 90", message);
        Assert.DoesNotContain('\n', message);
        using var again = Diverging();
        Assert.Equal(message, Assert.Throws<InputException>(() => Run(again, settings: much, resume: true)).Message);
        using var all = Diverging();
        Directory.Delete(Out, recursive: true);
        Assert.Equal(130, Run(all, settings: much with { StopsAtDivergence = false }).Outcome.Step);
    }

    [Fact]
    public void Noise_is_no_divergence()
    {
        var random = new Random(5);
        var watch = new LossWatch();
        for (var step = 0; step < 2000; step++)
            Assert.Null(watch.Take((1 + 9 * Math.Exp(-step / 50.0)) * (0.5 + random.NextDouble())));
        Assert.Contains(Enumerable.Range(0, LossWatch.Window), _ => watch.Take(8) is > 2);
    }

    [Fact]
    public void A_gradient_that_overflows_ends_the_run()
    {
        using var task = new ToyTask { Factor = step => step == 2 ? 1e38f : 1e-3f };
        Assert.Contains("nothing had been saved yet", Assert.Throws<InputException>(() => Run(task)).Message);
    }

    [Fact]
    public void Another_config_is_refused_by_key_and_values()
    {
        Run();
        var message = Assert.Throws<InputException>(() => Run(settings: Settings with { LearningRate = 0.06 }, resume: true)).Message;
        Assert.Contains("was begun with learningRate 0.05, this command has 0.06", message);
        Run(settings: Settings with { Threads = 1 }, resume: true);
    }

    [Fact]
    public void Folders_that_hold_something_else_are_refused()
    {
        Assert.Contains("holds no run to go on with", Assert.Throws<InputException>(() => Run(resume: true)).Message);
        Run();
        Assert.Contains("go on with it, or name another folder", Assert.Throws<InputException>(() => Run()).Message);
        File.Delete(Path.Combine(Out, "config.json"));
        Assert.Contains("not empty and holds no run", Assert.Throws<InputException>(() => Run()).Message);
    }

    [Fact]
    public void Other_data_are_refused()
    {
        Run();
        var message = Assert
            .Throws<InputException>(() =>
                RunFolder.Open(Out, ConfigJson.Write(Settings), RunRecord.Now("toy", 3, new("scenes", "00ff"), null), resume: true)
            )
            .Message;
        Assert.Contains("begun with other data", message);
    }

    [Fact]
    public void A_state_of_another_model_is_refused_with_the_tensor_that_differs()
    {
        Run();
        var path = Path.Combine(Out, "checkpoints", "last", "training-state.safetensors");
        File.Delete(Path.Combine(Out, "checkpoints", "last", "SHA256SUMS")); // as checkpoints had none
        Groundling.Torch.SafetensorsWriter.Write(path, [("parameter.weight", TorchSharp.torch.zeros(4))]);
        Assert.Contains(
            "holds parameter.weight as F32 [4], the model has [3]",
            Assert.Throws<InputException>(() => Run(resume: true)).Message
        );
    }

    [Theory]
    [InlineData("training-state.safetensors")]
    [InlineData("training.json")]
    [InlineData("model.safetensors")]
    [InlineData("SHA256SUMS")]
    public void A_flipped_byte_is_found_and_the_checkpoint_before_is_offered(string name)
    {
        var (_, expected) = Run();
        string last = Path.Combine(Out, "checkpoints", "last"),
            file = Path.Combine(last, name);
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(file, bytes);
        var message = Assert.Throws<InputException>(() => Run(resume: true)).Message;
        Assert.Contains($"{last} is damaged", message);
        Assert.Contains(Path.Combine(Out, "checkpoints", "previous"), message);

        Directory.Delete(last, recursive: true); // as the message says
        Assert.True(SavedStep("previous") < 20);
        Assert.Equal(expected, Run(resume: true).Numbers);
    }

    [Fact]
    public void A_checkpoint_without_checksums_is_loaded_and_one_with_values_that_are_no_numbers_is_not()
    {
        var (_, expected) = Run();
        var last = Path.Combine(Out, "checkpoints", "last");
        File.Delete(Path.Combine(last, "SHA256SUMS"));
        Assert.Equal(expected, Run(resume: true).Numbers);
        var state = Path.Combine(last, "training-state.safetensors");
        List<(string Name, TorchSharp.torch.Tensor Tensor)> tensors;
        using (var open = Groundling.Torch.SafetensorsFile.Open(state))
            tensors = [.. open.Entries.Keys.Select(name => (name, open.Read(name).clone()))];
        var (spoilt, moment) = tensors.First(pair => pair.Name.StartsWith("moment.", StringComparison.Ordinal));
        moment[1] = float.NaN;
        Groundling.Torch.SafetensorsWriter.Write(state, tensors);
        var message = Assert.Throws<InputException>(() => Run(resume: true)).Message;
        Assert.Contains($"{spoilt} in training-state.safetensors holds values that are no numbers", message);
        Assert.Contains("previous", message);
    }

    [Fact]
    public void A_step_below_zero_is_refused()
    {
        Run();
        var last = Path.Combine(Out, "checkpoints", "last");
        File.Delete(Path.Combine(last, "SHA256SUMS"));
        var file = Path.Combine(last, "training.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"step\": 20", "\"step\": -20"));
        Assert.Contains(
            "training.json cannot be read: counts that are 0 or more",
            Assert.Throws<InputException>(() => Run(resume: true)).Message
        );
    }

    [Fact]
    public void A_run_belongs_to_one_process()
    {
        using var folder = Open(Settings, resume: false);
        Assert.Contains("going on in another process", Assert.Throws<InputException>(() => Open(Settings, resume: true)).Message);
    }

    [Fact]
    public void A_run_ends_when_the_score_no_longer_grows()
    {
        using var task = new ToyTask { Score = step => step == 6 ? 2 : 1 };
        var (outcome, _) = Run(task, settings: Settings with { ValidateEvery = 3, Patience = 2 });
        Assert.Equal(new(12, 2, 6, false, true), outcome);
        Assert.Equal(6, SavedStep("best"));
        using var again = new ToyTask();
        Assert.Equal(
            new(12, 2, 6, false, true),
            Run(again, settings: Settings with { ValidateEvery = 3, Patience = 2 }, resume: true).Outcome
        );
    }

    [Fact]
    public void TensorBoard_reads_what_was_logged_once()
    {
        using (
            var dying = new ToyTask
            {
                During = step =>
                {
                    if (step == 8)
                        throw new InvalidOperationException("power cut");
                },
            }
        )
            Assert.Throws<InvalidOperationException>(() => Run(dying));
        Run(resume: true);
        var files = Directory.GetFiles(Out, "events.out.tfevents.*").Order().Select(EventFileReader.Read).ToList();
        Assert.Equal(2, files.Count);
        Assert.All(files, events => Assert.Equal("brain.Event:2", events[0].FileVersion));
        Assert.Equal(7, files[0].Max(e => e.Step));
        Assert.Equal(7, files[1].Single(e => e.SessionLog is not null).Step); // what the first file has from step 7 on no longer counts
        Assert.Equal(
            [.. Enumerable.Range(7, 14).Select(step => (long)step)],
            files[1].Where(e => e.Summary?.Value.Any(v => v.Tag == "loss/total") == true).Select(e => e.Step)
        );
        var image = files[1]
            .Where(e => e.Summary is not null)
            .SelectMany(e => e.Summary.Value)
            .First(v => v.Tag == "validation/picture")
            .Image;
        Assert.Equal([1, 2, 3, 4, 5, 6], Picture.Decode(image.EncodedImageString.ToByteArray(), "image").Rgb);
    }

    private float[] Expected()
    {
        using var other = new TemporaryFolder();
        using var task = new ToyTask();
        using var folder = RunFolder.Open(
            other.File("run"),
            ConfigJson.Write(Settings),
            RunRecord.Now("toy", 3, null, null),
            resume: false
        );
        using var run = new TrainingRun(task, Settings, folder);
        run.Run();
        return task.Numbers();
    }

    private (TrainingOutcome Outcome, float[] Numbers) Run(
        ToyTask? given = null,
        TrainingSettings? settings = null,
        bool resume = false,
        CancellationToken stop = default
    )
    {
        using var own = given is null ? new ToyTask() : null;
        var task = given ?? own!;
        using var folder = Open(settings ?? Settings, resume);
        using var run = new TrainingRun(task, settings ?? Settings, folder);
        return (run.Run(stop), task.Numbers());
    }

    private RunFolder Open(TrainingSettings settings, bool resume) =>
        RunFolder.Open(Out, ConfigJson.Write(settings), RunRecord.Now("toy", 3, null, null), resume, "{}", "threads");

    private List<JsonElement> Lines()
    {
        // The run may be writing it.
        using var file = new FileStream(Path.Combine(Out, "metrics.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var text = new StreamReader(file);
        return
        [
            .. text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement),
        ];
    }

    private List<string> LossesAndScores() =>
        [
            .. Lines()
                .Select(line =>
                    $"{line.GetProperty("step")} {(line.TryGetProperty("loss", out var loss) ? $"{loss} {line.GetProperty("parts")} {line.GetProperty("gradient_norm")} {line.GetProperty("learning_rate")}" : line.GetProperty("scores"))}"
                ),
        ];

    private long SavedStep(string checkpoint) =>
        JsonDocument
            .Parse(File.ReadAllText(Path.Combine(Out, "checkpoints", checkpoint, "training.json")))
            .RootElement.GetProperty("step")
            .GetInt64();

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
