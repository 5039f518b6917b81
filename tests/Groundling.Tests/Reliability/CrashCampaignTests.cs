using Groundling.Data;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Evaluation;
using Groundling.Tests.Hub;
using Groundling.Tests.Training;

namespace Groundling.Tests.Reliability;

/// <summary>
/// Commands that write are killed, and their disk fails, at random calls of the system; then they are run again to the end, and what
/// they leave is held against a run that nothing happened to. The long ones:
/// <c>-explicit only -class "*CrashCampaignTests" -showLiveOutput</c>, how many by <c>GROUNDLING_FAULTS</c> (200), from which seed by <c>GROUNDLING_SEED</c> (1).
/// </summary>
public sealed class CrashCampaignTests(TinyModel tiny, ITestOutputHelper output) : IDisposable
{
    private static readonly string[] Calls = ["any", "write", "fsync", "rename", "mkdir", "link", "unlink"];
    private readonly TemporaryFolder _folder = new();

    private static int Faults => Campaign.Number("GROUNDLING_FAULTS", 200);

    private static int Seed => Campaign.Seed;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_survives() => Train(3);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Training_survives_long() => Train(Faults);

    [Fact]
    public void Evaluation_survives() => Evaluate(4);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Evaluation_survives_long() => Evaluate(Faults);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Pictures_of_a_folder_survive_long() => Ground(Faults);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Pretraining_survives_long() => Pretrain(Faults);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Training_of_two_processes_survives_long() => Train(Faults, isJoint: true);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Evaluation_of_two_processes_survives_long() => Evaluate(Faults, isJoint: true);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Pulling_a_model_survives_long() => Pull(Faults);

    private void Train(int faults, bool isJoint = false)
    {
        var config = _folder.Write("config.json", SmallTraining.Config.ToJson());
        var data = SmallTraining.Data(_folder, 2);
        string[] settings = ["train.steps=3", "train.saveEvery=1", "train.validateEvery=0", "train.threads=1", "data.validation="];
        Run(
            faults,
            place =>
                [
                    "train",
                    config,
                    "--data",
                    data,
                    "--out",
                    place,
                    "--model",
                    tiny.Path,
                    "--quiet",
                    .. settings.SelectMany(s => (string[])["--set", s]),
                ],
            ["checkpoints/last/training-state.safetensors", "checkpoints/last/grounding/model.safetensors"],
            after: (place, message) =>
            {
                const string holds = " holds step ";
                if (message.IndexOf(holds, StringComparison.Ordinal) is >= 0 and var at)
                    Assert.Contains(
                        $"\"step\": {message[at + holds.Length]}",
                        File.ReadAllText(Path.Combine(place, "checkpoints/last/training.json"))
                    );
            },
            isJoint: isJoint
        );
    }

    private void Evaluate(int faults, bool isJoint = false)
    {
        var data = EvaluationData.Scenes(_folder);
        Run(
            faults,
            place => ["evaluate", data, "--baseline", "random", "--out", place, "--quiet"],
            ["journal.jsonl", "per_phrase.csv"], // the report says when it was made
            isJoint: isJoint
        );
    }

    private void Ground(int faults)
    {
        for (var i = 0; i < 4; i++)
            _folder.Write($"pictures/{i}.png", TinyModel.Gradient(48 + i, 32).EncodePng());
        Run(
            faults,
            place => ["ground", _folder.File("pictures"), "-c", "[a] and [b]", "-m", tiny.Path, "-o", place, "--size", "64", "--quiet"],
            [
                .. from i in Enumerable.Range(0, 4)
                from name in (string[])["overlay.png", "phrases.json", "panoptic.png", "panoptic.json"]
                select $"{i}/{name}",
            ]
        );
    }

    private void Pretrain(int faults)
    {
        var (config, data) = (_folder.Write("config.json", PretrainCommandTests.Settings), PretrainCommandTests.Data(_folder));
        Run(
            faults,
            place => ["pretrain", config, "--data", data, "--out", place, "--quiet", "--threads", "1"],
            ["model/vae/diffusion_pytorch_model.fp16.safetensors", "model/unet/diffusion_pytorch_model.fp16.safetensors"]
        );
    }

    private void Pull(int faults)
    {
        using var hub = new LoopbackHub(LoopbackHub.FilesOf(tiny.Path));
        (string Name, string Value)[] variables =
        [
            ("HF_ENDPOINT", hub.Endpoint),
            ("HF_TOKEN", LoopbackHub.Secret),
            ("HF_HUB_CACHE", _folder.File("whole")),
        ];
        var before = variables.Select(variable => Environment.GetEnvironmentVariable(variable.Name)).ToList();
        try
        {
            foreach (var (name, value) in variables)
                Environment.SetEnvironmentVariable(name, value);
            Run(
                faults,
                place =>
                {
                    Environment.SetEnvironmentVariable("HF_HUB_CACHE", place);
                    return ["pull", LoopbackHub.Name];
                },
                [.. hub.Files.Keys.Select(file => Path.GetRelativePath("/", Path.Combine(HubTree.Snapshot("/"), file)))],
                resumes: false
            );
        }
        finally
        {
            foreach (var (variable, value) in variables.Zip(before))
                Environment.SetEnvironmentVariable(variable.Name, value);
        }
    }

    /// <param name="faults">How many.</param>
    /// <param name="line">The command that writes into a folder.</param>
    /// <param name="compared">Files in it that say what came of it.</param>
    /// <param name="after">Looks at the folder and the message after a fault.</param>
    /// <param name="resumes">Whether it knows --resume; else it goes on by itself, and tells what it does.</param>
    /// <param name="isJoint">Whether two processes share the work.</param>
    private void Run(
        int faults,
        Func<string, string[]> line,
        string[] compared,
        Action<string, string>? after = null,
        bool resumes = true,
        bool isJoint = false
    )
    {
        var (disk, random) = (new FaultyDisk(_folder, isJoint), new Random(Seed));
        string whole = _folder.File("whole"),
            place = _folder.File("hit");
        var counts = disk.Count(whole, line(whole));
        string[] calls = [.. Calls.Where(call => counts[call] > 0)];
        int kills = 0,
            errors = 0,
            none = 0;
        for (var i = 0; i < faults; i++)
        {
            if (i % 50 == 49)
                Tell();
            if (Directory.Exists(place))
                Directory.Delete(place, recursive: true);
            var call = calls[random.Next(calls.Length)];
            var error =
                random.Next(4) > 0 ? FaultyDisk.Kill
                : random.Next(2) == 0 ? FaultyDisk.InputOutput
                : FaultyDisk.NoSpace;
            var at = random.Next(1, counts[call] + 1);
            var what = $"seed {Seed}, fault {i}: {call} {at}, error {error}";
            if (disk.Run(call, at, error, place, line(place)) is not { } hit)
            {
                none++;
                continue;
            }
            what += $", {disk.Hit}";
            (kills, errors) = error == FaultyDisk.Kill ? (kills + 1, errors) : (kills, errors + 1);
            Assert.True(
                error == FaultyDisk.Kill
                    ? hit.Code == 128 + 9 || (isJoint && hit.Code != 0)
                    : hit.Code is 0 or Groundling.Cli.CommandLine.UserError,
                $"{what}: {hit.Code} {hit.Error}"
            );
            var said = hit.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True((isJoint || !resumes ? said.Count(line => line.StartsWith("error: ")) : said.Length) <= 1, $"{what}: {hit.Error}");
            after?.Invoke(place, hit.Error);
            var again = disk.Run([.. line(place), .. resumes ? (string[])["--resume"] : []]);
            if (again.Code != 0 && again.Error.Contains("no run to go on with", StringComparison.Ordinal))
                again = disk.Run(line(place));
            Assert.True(again.Code == 0, $"{what}, then {again.Code}: {again.Error}");
            foreach (var name in compared)
                Assert.True(
                    File.ReadAllBytes(Path.Combine(whole, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(place, name))),
                    $"{what}: {name} differs"
                );
            Assert.True(Remains(place).Count == 0, $"{what} leaves {string.Join(", ", Remains(place))}");
        }
        Tell();
        Assert.InRange(kills + errors, 1, faults);

        void Tell() => output.WriteLine($"seed {Seed}: {kills} kills, {errors} errors of the disk, {none} after the end");
    }

    private static List<string> Remains(string place) =>
        [
            .. Directory
                .EnumerateFileSystemEntries(place, ".*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
                .Where(path => Path.GetFileName(path) is not ("." or ".." or ".locks")), // the hub's own clients keep theirs
        ];
}
