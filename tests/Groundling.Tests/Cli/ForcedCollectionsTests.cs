using Groundling.Modeling;
using Groundling.Scenes;
using Groundling.Tests.Data;
using Groundling.Tests.Method;
using Groundling.Tests.Torch;
using Groundling.Tests.Training;

namespace Groundling.Tests.Cli;

/// <summary>
/// Whole commands while another thread collects garbage all the time: they work, and make the same bytes. A number that TorchSharp hands to
/// native code and nobody holds shows here as a fault ("Exception raised from toFloat") or as another result.
/// Alone in the process: other tests compute with numbers that nobody holds.
/// </summary>
[CollectionDefinition(nameof(ForcedCollectionsTests), DisableParallelization = true)]
[Collection(nameof(ForcedCollectionsTests))]
public sealed class ForcedCollectionsTests(TinyModel tiny) : IDisposable
{
    private const string Pretraining = """
        {
          "model": "tiny",
          "data": { "side": 128 },
          "vae": { "steps": 10, "learningRate": 0.001, "batchSize": 2, "crop": 64, "validationLimit": 2 },
          "text": { "steps": 10, "learningRate": 0.001, "batchSize": 2 },
          "diffusion": { "steps": 10, "coarseSteps": 5, "learningRate": 0.001, "batchSize": 2, "validationLimit": 2 }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Grounding_stays_the_same()
    {
        var model = tiny.Copy(_folder);
        using (var parts = TinyGrounding.Build(tiny, stirred: true))
            GroundingFolder.Save(model, parts);
        var pictures = _folder.File("pictures");
        Directory.CreateDirectory(pictures);
        for (var i = 0; i < 12; i++)
            File.WriteAllBytes(Path.Combine(pictures, $"{i}.png"), TinyModel.Gradient(96, 64, i).EncodePng());
        Same(
            out_ =>
                [
                    "ground",
                    pictures,
                    "-c",
                    "[a boat] and [the sky]",
                    "-m",
                    model,
                    "--size",
                    "64",
                    "--threshold",
                    "0.4",
                    "--threads",
                    "1",
                    "-o",
                    out_,
                ],
            "phrases.json"
        );
    }

    [Fact]
    public void Sampling_stays_the_same() =>
        Same(
            out_ =>
                ["sample", "a boat", "-m", tiny.Path, "--steps", "20", "--size", "64", "--threads", "1", "-o", Path.Combine(out_, "a.png")],
            "a.png"
        );

    [Fact]
    public void Training_and_evaluation_stay_the_same()
    {
        var data = SmallTraining.Data(_folder);
        var config = _folder.Write("config.json", SmallTraining.Config.ToJson());
        Same(
            out_ => ["train", config, "-d", data, "-m", tiny.Path, "--set", "train.steps=10", "--set", "train.threads=1", "-o", out_],
            "*.safetensors",
            "metrics.json"
        );
    }

    [Fact]
    public void Pretraining_stays_the_same()
    {
        var data = _folder.File("data");
        foreach (var split in (SceneSplit[])[SceneSplit.Train, SceneSplit.Val])
            SceneWriter.Write(data, split, 4, seed: 3, size: 128, degreeOfParallelism: 1);
        var config = _folder.Write("config.json", Pretraining);
        Same(out_ => ["pretrain", config, "-d", data, "--threads", "1", "-o", out_], "*.safetensors");
    }

    /// <summary>Runs a command twice, the second time with collections.</summary>
    private void Same(Func<string, string[]> line, params string[] results)
    {
        var (calm, shaken) = (
            Directory.CreateDirectory(_folder.File("calm")).FullName,
            Directory.CreateDirectory(_folder.File("shaken")).FullName
        );
        CommandRun.Of([.. line(calm), "--quiet"]).Works();
        using (var collections = new ForcedCollections())
        {
            CommandRun.Of([.. line(shaken), "--quiet"]).Works();
            Assert.InRange(collections.Count, 20, int.MaxValue);
        }
        var files = results
            .SelectMany(name => Directory.EnumerateFiles(calm, name, SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(calm, file))
            .ToList();
        Assert.NotEmpty(files);
        Assert.All(
            files,
            file =>
                Assert.True(File.ReadAllBytes(Path.Combine(calm, file)).SequenceEqual(File.ReadAllBytes(Path.Combine(shaken, file))), file)
        );
    }
}
