using Groundling.Tests.Data;
using Groundling.Torch;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Tests.Torch;

public class ModuleWeightsTests
{
    [Fact]
    public void Weights_that_fit_are_loaded()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new TwoLayers();
        Load(module, folder, Good());
        Assert.Equal([1, 2, 3, 4, 5, 6], module.NamedTensors().First(pair => pair.Name == "first.weight").Tensor.data<float>());
        Assert.Equal(2 * 3 + 2 + 2 + 1, module.ParameterCount());
        Assert.Equal(7, module.NamedTensors().First(pair => pair.Name == "steps").Tensor.item<long>());
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void Other_kinds_of_fractions_are_converted(ScalarType type)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new TwoLayers();
        Load(module, folder, [.. Good().Select(pair => (pair.Name, pair.Name == "steps" ? pair.Tensor : pair.Tensor.to(type)))]);
        var weight = module.NamedTensors().First(pair => pair.Name == "first.weight").Tensor;
        Assert.Equal(float32, weight.dtype);
        Assert.Equal([1, 2, 3, 4, 5, 6], weight.data<float>());
    }

    [Fact]
    public void What_differs_is_listed_and_nothing_is_changed()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new TwoLayers();
        Load(module, folder, Good());
        var tensors = Good();
        tensors.RemoveAll(pair => pair.Name is "second.bias" or "second.weight" or "steps" or "first.weight");
        tensors.AddRange([
            ("surplus", ones(4)),
            ("second.weight", ones(2, 1)),
            ("steps", ones(1)),
            ("FIRST.bias", ones(2)),
            ("first.weight", zeros(2, 3)),
        ]);

        var fault = Assert.Throws<WeightsException>(() => Load(module, folder, tensors, new KeyMap(("FIRST", "first")), "Do this."));

        Assert.Equal(
            $"""
            {folder.File("w.safetensors")} does not fit TwoLayers (5 of 6 keys differ):
              double     FIRST.bias and first.bias are both first.bias
              missing    second.bias [1]
              shape      second.weight: file [2, 1], model [1, 2]
              type       steps: file F32, model I64
              unexpected surplus [4]
              Do this.
            """,
            fault.Message,
            ignoreLineEndingDifferences: true
        );
        Assert.Equal([1, 2, 3, 4, 5, 6], module.NamedTensors().First(pair => pair.Name == "first.weight").Tensor.data<float>());
    }

    [Fact]
    public void Long_lists_are_cut_with_their_number()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new TwoLayers();
        var tensors = Good();
        tensors.AddRange(Enumerable.Range(0, 20).Select(i => ($"more.{i}", ones(1))));
        var fault = Assert.Throws<WeightsException>(() => Load(module, folder, tensors));
        Assert.Contains("20 of 25 keys differ", fault.Message);
        Assert.Contains("and 8 more", fault.Message);
    }

    [Fact]
    public void Names_that_are_known_and_ignored_do_not_count()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new TwoLayers();
        Load(module, folder, [.. Good(), ("position_ids", arange(4))], new KeyMap(("position_ids", null)));
    }

    [Fact]
    public void Freezing_stops_gradients_and_training_mode()
    {
        using var module = new TwoLayers();
        Assert.True(module.training);
        Assert.Same(module, module.Freeze());
        Assert.False(module.training);
        Assert.All(module.parameters(), parameter => Assert.False(parameter.requires_grad));
        Assert.All(module.modules(), child => Assert.False(child.training));
    }

    [Fact]
    public void Values_that_are_not_finite_are_counted()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var module = new TwoLayers();
        var tensors = Good();
        tensors[0].Tensor[0, 0] = float.NaN;
        tensors[0].Tensor[1, 2] = float.NegativeInfinity;
        Load(module, folder, tensors);
        Assert.Equal([("first.weight", 2L)], module.NonFinite());
        Assert.Equal([("first.weight", 2L)], module.Freeze().NonFinite());
    }

    [Fact]
    public void Giving_memory_back_does_not_undo_training()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var layer = new LinearLayer(256, 256);
        SafetensorsWriter.Write(folder.File("w.safetensors"), [("weight", zeros(256, 256)), ("bias", zeros(256))]);
        using (var source = WeightSource.Open(folder.File("w.safetensors")))
            layer.LoadExactly(source);
        using (no_grad())
            foreach (var parameter in layer.parameters())
                parameter.fill_(3);
        Assert.Empty(layer.NonFinite());
        layer.ReleasePages();
        Assert.All(layer.parameters(), parameter => Assert.Equal(3, parameter.min().item<float>()));
    }

    [Fact]
    public void Giving_memory_back_does_not_undo_what_was_trained_before_freezing()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var layer = new LinearLayer(256, 1024);
        SafetensorsWriter.Write(folder.File("w.safetensors"), [("weight", zeros(1024, 256)), ("bias", zeros(1024))]);
        using (var source = WeightSource.Open(folder.File("w.safetensors")))
            layer.LoadExactly(source);
        using (no_grad())
        {
            var weight = layer.parameters().First();
            weight[1023, 200] = 3; // one number of the last whole page is enough
            layer.Freeze();
            Assert.Empty(layer.NonFinite());
            layer.ReleasePages();
            Assert.Equal(3, layer.forward(ones(64, 256))[63, 1023].item<float>()); // packs the weight, and lets it go
            Assert.Equal(3, weight[1023, 200].item<float>());
        }
    }

    [Fact]
    public void Frozen_weights_return_from_their_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere nothing is given back");
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var layer = new LinearLayer(2048, 4096);
        SafetensorsWriter.Write(folder.File("w.safetensors"), [("weight", full(4096, 2048, 2f)), ("bias", ones(4096))]);
        using (var source = WeightSource.Open(folder.File("w.safetensors")))
            layer.LoadExactly(source);
        layer.Freeze(Rearrangement.None);
        Assert.Equal(2 * 4096L * 2048 + 4096, layer.parameters().Sum(parameter => (long)parameter.sum(float64).item<double>()));
        var before = ResidentMemory.Now;
        layer.ReleasePages();
        Assert.InRange(before - ResidentMemory.Now, 24 << 20, 40 << 20); // 32 MB of weights
        Assert.Equal(2 * 4096L * 2048 + 4096, layer.parameters().Sum(parameter => (long)parameter.sum(float64).item<double>()));
    }

    [Fact]
    public void What_serves_one_pass_lies_in_memory_while_it_is_read()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere nothing is given back");
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var path = folder.File("w.safetensors");
        SafetensorsWriter.Write(path, [("weight", full(4096, 2048, 2f)), ("bias", ones(4096))]);
        var input = ones(16, 2048);
        // plain weights, and those that another process has packed
        foreach (var cache in (PackCache?[])[null, PackCache.For(folder.File("packed"), [path])])
        {
            Grown(Rearrangement.ManyPasses, cache);
            var again = cache is null ? null : PackCache.For(folder.File("packed"), [path]);
            Assert.InRange(Grown(Rearrangement.ManyPasses, again), 24 << 20, 80 << 20); // 32 MB of weights
            Assert.InRange(Grown(Rearrangement.OnePass, again), -8 << 20, 8 << 20);
        }

        long Grown(Rearrangement extent, PackCache? cache)
        {
            using var layer = new LinearLayer(2048, 4096);
            using (var source = WeightSource.Open(path))
                layer.LoadExactly(source);
            layer.Freeze(extent, cache, "layer");
            var before = ResidentMemory.Now;
            for (var pass = 0; pass < 2; pass++)
                using (var output = layer.call(input))
                    Assert.Equal(4097, output[15, 4095].item<float>());
            return ResidentMemory.Now - before;
        }
    }

    private static List<(string Name, Tensor Tensor)> Good() =>
        [
            ("first.weight", tensor(new float[] { 1, 2, 3, 4, 5, 6 }).view(2, 3)),
            ("first.bias", zeros(2)),
            ("second.weight", ones(1, 2)),
            ("second.bias", zeros(1)),
            ("steps", tensor(new[] { 7L })),
        ];

    private static void Load(
        Module module,
        TemporaryFolder folder,
        List<(string, Tensor)> tensors,
        KeyMap? keys = null,
        string? advice = null
    )
    {
        var path = folder.File("w.safetensors");
        SafetensorsWriter.Write(path, tensors);
        using var source = WeightSource.Open(path);
        module.LoadExactly(source, keys, advice);
    }

    private sealed class TwoLayers : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "first")]
        private readonly LinearLayer _first = new(3, 2);

        [ComponentName(Name = "second")]
        private readonly LinearLayer _second = new(2, 1);

        public TwoLayers()
            : base(nameof(TwoLayers))
        {
            RegisterComponents();
            register_buffer("steps", zeros(1, dtype: int64));
        }

        public override Tensor forward(Tensor input) => _second.call(_first.call(input));
    }
}
