using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Diffusion;
using Groundling.Scenes;
using Groundling.Tests.Data;
using Groundling.Tests.Method;
using Groundling.Training;

namespace Groundling.Tests.Training;

/// <summary>A few scenes, and a config that trains on them in seconds.</summary>
internal static class SmallTraining
{
    public static TrainConfig Config { get; } =
        new()
        {
            Model = "tiny",
            Grounding = TinyGrounding.Config with { Classes = 46, AggregationLayers = 1, DecoderLayers = 2 },
            Train = new()
            {
                Steps = 6,
                LearningRate = 1e-3,
                BatchSize = 2,
                Size = 64,
                SaveEvery = 2,
                ValidateEvery = 4,
                Seed = 5,
            },
            Data = new() { ValidationLimit = 2, Pictures = 1 },
        };

    /// <summary>A benchmark of generated scenes.</summary>
    public static string Data(TemporaryFolder folder, int count = 6)
    {
        var data = folder.File("data");
        SceneWriter.Write(data, SceneSplit.Train, count, seed: 3, size: 64, degreeOfParallelism: 1);
        SceneWriter.Write(data, SceneSplit.Val, 2, seed: 3, size: 64, degreeOfParallelism: 1);
        return data;
    }

    public static GroundingTask Task(TinyModel tiny, string data, TrainConfig config, TensorCache? cache = null) =>
        Task(tiny.Pipeline.Diffusion, data, config, cache);

    public static GroundingTask Task(StableDiffusion diffusion, string data, TrainConfig config, TensorCache? cache = null)
    {
        var benchmark = PngBenchmark.Open(data, "train");
        var validation = new GroundingValidation(PngBenchmark.Open(data, "val"), config.Data, 0.5);
        return new(config, new FrozenEncoders(diffusion, "tiny", cache), [.. benchmark.Read(new())], benchmark.Categories, validation);
    }
}
