using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Models;
using Groundling.Scenes;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Evaluation;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Quantization;

/// <summary>groundling quantize, and what reads its folder.</summary>
public sealed class QuantizedModelTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_embedded_model_finds_the_same_in_integers()
    {
        var quantized = Quantize([], 256);
        var example = PngBenchmark.Open(_folder.File("scenes"), "val")[0];
        using var floats = GroundingPipeline.Open(SceneModel.Folder);
        using var integers = GroundingPipeline.Open(quantized);
        Assert.Equal(ComputePrecision.Int8, integers.Diffusion.Place.Precision);
        var reached = MeanOverlap(floats, example);
        Assert.InRange(reached, 0.4, 1);
        Assert.Equal(reached, MeanOverlap(integers, example), 0.03);
        // Multiplied out, it is a model like any other, with the weights' roundings alone.
        using var again = GroundingPipeline.Open(
            new GroundingPipelineOptions { ModelFolder = quantized, Precision = ComputePrecision.F32 }
        );
        Assert.Equal(ComputePrecision.F32, again.Diffusion.Place.Precision);
        Assert.Equal(reached, MeanOverlap(again, example), 0.03);
        var report = JsonNode.Parse(File.ReadAllText(Path.Combine(quantized, QuantizedModel.ReportName)))!;
        Assert.True(report["similarity"]!.AsObject().All(pair => (double)pair.Value! >= 0.995));
        Assert.True(Size(quantized, "unet") < 0.65 * Size(SceneModel.Folder, "unet"));
        Assert.True(Directory.Exists(Path.Combine(quantized, GroundingFolder.Name)));
        CommandRun.Of("inspect", quantized).Works();
        var (before, after) = (ModelInspection.Inspect(SceneModel.Folder), ModelInspection.Inspect(quantized));
        Assert.Equal(before.Select(part => part.Parameters), after.Select(part => part.Parameters));
        Assert.Contains("I8", after[^1].Types);
    }

    [Fact]
    public void A_strict_similarity_leaves_layers_in_floats()
    {
        var report = JsonNode.Parse(
            File.ReadAllText(Path.Combine(Quantize([tiny.Path], 128, "--similarity", "0.9999999"), QuantizedModel.ReportName))
        )!;
        var layers = report["layers"]!.AsArray();
        Assert.Contains(layers, layer => !(bool)layer!["is_integer"]!);
        var least = layers.Where(layer => (bool)layer!["is_integer"]!).Select(layer => (double)layer!["error"]!).DefaultIfEmpty(0).Max();
        Assert.All(layers.Where(layer => !(bool)layer!["is_integer"]!), layer => Assert.True((double)layer!["error"]! >= least));
    }

    [Fact]
    public void What_cannot_be_done_is_said_in_a_line()
    {
        var data = _folder.File("scenes");
        var image = _folder.Write("a.png", TinyModel.Gradient(64, 64).EncodePng());
        var quantized = Quantize([tiny.Path], 128);
        string[] ground = ["ground", image, "-c", "[a]", "-o", _folder.File("out")];
        CommandRun.Of([.. ground, "-m", tiny.Path, "--precision", "int8"]).RefusesInOneLine("quantized model", "groundling quantize");
        CommandRun.Of([.. ground, "-m", quantized, "--precision", "int8", "--quiet"]).Works();
        CommandRun.Of("quantize", quantized, "-d", data, "-o", _folder.File("twice")).RefusesInOneLine("quantized already");
        CommandRun.Of("quantize", tiny.Path, "-d", data, "-o", quantized).RefusesInOneLine("exists already");
        CommandRun.Of("quantize", tiny.Path, "-d", data, "-o", _folder.File("x"), "--examples", "0").RefusesInOneLine("--examples 0");
        CommandRun.Of("quantize", tiny.Path, "-d", data, "-o", _folder.File("x"), "--similarity", "1").RefusesInOneLine("similarity of 1");
        Assert.False(Directory.Exists(_folder.File("x")));
    }

    [Theory]
    [InlineData(".weight_scale", "needs")]
    [InlineData(".input_scale", "needs")]
    [InlineData(".input_zero_point", "needs")]
    public void A_scale_that_is_missing_is_named(string ending, string said)
    {
        var (path, tensors) = Weights(Quantize([tiny.Path], 128));
        var lost = tensors.First(pair => pair.Name.EndsWith(ending, StringComparison.Ordinal)).Name;
        SafetensorsWriter.Write(path, tensors.Where(pair => pair.Name != lost));
        var message = Assert.Throws<WeightsException>(() => GroundingPipeline.Open(_folder.File("int8"))).Message;
        Assert.Contains(said, message);
        Assert.Contains(lost, message);
    }

    [Theory]
    [InlineData(".input_scale", float.NaN)]
    [InlineData(".input_scale", 0f)]
    [InlineData(".weight_scale", float.PositiveInfinity)]
    [InlineData(".weight_scale", -1f)]
    public void A_scale_that_is_none_is_refused(string ending, float value)
    {
        Assert.SkipUnless(Int8Arithmetic.Supported, "needs a processor with VNNI");
        var (path, tensors) = Weights(Quantize([tiny.Path], 128));
        using var scope = NewDisposeScope();
        var name = tensors.First(pair => pair.Name.EndsWith(ending, StringComparison.Ordinal)).Name;
        SafetensorsWriter.Write(
            path,
            tensors.Select(pair => pair.Name == name ? (name, full(pair.Tensor.shape, value, dtype: float32, device: CPU)) : pair)
        );
        Assert.Contains("scales of", Assert.Throws<WeightsException>(() => GroundingPipeline.Open(_folder.File("int8"))).Message);
    }

    private string Quantize(string[] model, int side, params string[] options)
    {
        Assert.SkipUnless(Int8Arithmetic.Supported, "needs a processor with VNNI");
        var data = _folder.File("scenes");
        SceneWriter.Write(data, SceneSplit.Val, 2, seed: 3, size: side, degreeOfParallelism: 1);
        CommandRun.Of(["quantize", .. model, "-d", data, "-o", _folder.File("int8"), "--examples", "2", "--quiet", .. options]).Works();
        return _folder.File("int8");
    }

    private static (string Path, List<(string Name, Tensor Tensor)> Tensors) Weights(string model)
    {
        var path = Directory.EnumerateFiles(Path.Combine(model, "unet"), "*.safetensors").Single();
        using var source = WeightSource.Open(path);
        return (path, [.. source.Entries.Select(entry => (entry.Name, source.Read(entry.Name).clone().DetachFromDisposeScope()))]);
    }

    /// <summary>The mean IoU of the phrases with what they name.</summary>
    private static double MeanOverlap(GroundingPipeline pipeline, BenchmarkExample example) =>
        pipeline
            .Ground(example.LoadPicture(), example.Caption)
            .Phrases.Zip(example.LoadMasks(new()), (found, named) => found.Mask.IoU(named))
            .Average();

    private static long Size(string model, string part) =>
        Directory.EnumerateFiles(Path.Combine(model, part)).Sum(file => new FileInfo(file).Length);
}
