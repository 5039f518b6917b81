using Groundling.Aggregation;
using Groundling.Data.NounPhrases;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

public class DeformableAttentionTests
{
    private static readonly (long, long)[] Sizes = [(3, 4), (2, 2), (1, 2)];

    [Fact]
    public void Values_and_gradients_are_the_references()
    {
        using var scope = NewDisposeScope();
        var io = Fixture.Tensors("golden/ms-deform-attn/io.safetensors");
        var shapes = io["in.spatial_shapes"].data<long>().ToArray();
        var sizes = shapes.Chunk(2).Select(pair => (pair[0], pair[1])).ToList();
        var (value, locations, weights) = (Input("value"), Input("sampling_locations"), Input("attention_weights"));
        var output = DeformableSampling.Read(value, sizes, locations, weights);
        output.backward([io["in.grad_output"]]);
        TensorAssert.Close(io["out.output"], output, 1e-5, "output");
        TensorAssert.Close(io["out.grad_value"], value.grad!, 1e-5, "gradient of the values");
        TensorAssert.Close(io["out.grad_attention_weights"], weights.grad!, 1e-5, "gradient of the weights");
        TensorAssert.Close(
            io["out.grad_sampling_locations"],
            locations.grad!,
            OperatingSystem.IsWindows() ? 2e-5 : 1e-5,
            "gradient of the locations"
        );

        Tensor Input(string name) => io[$"in.{name}"].clone().requires_grad_();
    }

    [Fact]
    public void Gradients_equal_differences()
    {
        using var check = new GradientCheck();
        using var module = check.Stirred(new DeformableAttention(8, 2, 3, 2));
        var (queries, pixels) = (check.Random(2, 3, 8), check.Random(2, 18, 8));
        var references = tensor(new[] { 0.31, 0.42, 0.77, 0.13, 0.52, 0.88 }, [3, 2]);
        check.Run(module, () => [module.call(queries, references, pixels, Sizes)], ("queries", queries), ("pixels", pixels));
    }

    [Fact]
    public void Heads_start_by_looking_around_them_in_different_directions()
    {
        using var scope = NewDisposeScope();
        using var module = new DeformableAttention(8, 4, 3, 2).Initialize(new Generator(1));
        var tensors = module.NamedTensors().ToDictionary(pair => pair.Name, pair => pair.Tensor);
        Assert.Equal(0, tensors["sampling_offsets.weight"].abs().max().item<float>());
        Assert.Equal(0, tensors["attention_weights.weight"].abs().max().item<float>());
        Assert.True(tensors["value_proj.weight"].abs().max().item<float>() > 0);
        var offsets = tensors["sampling_offsets.bias"].view(4, 3, 2, 2);
        TensorAssert.Close(tensor(new[] { 1f, 0, 0, 1, -1, 0, 0, -1 }, [4, 2]), offsets[.., 1, 0], 1e-6, "first points");
        TensorAssert.Close(tensor(new[] { 2f, 0, 0, 2, -2, 0, 0, -2 }, [4, 2]), offsets[.., 0, 1], 1e-6, "second points");
    }

    [Fact]
    public void A_head_that_looks_at_its_own_place_reads_it()
    {
        using var scope = NewDisposeScope();
        var values = arange(12, dtype: float32).view(1, 12, 1, 1);
        var locations = tensor(new[] { 2.5f / 4, 1.5f / 3 }, [1, 1, 1, 1, 1, 2]); // the centre of column 2, row 1
        var read = DeformableSampling.Read(values, [(3, 4)], locations, ones([1, 1, 1, 1, 1]));
        Assert.Equal(6, read.item<float>(), 1e-5);
        var outside = DeformableSampling.Read(values, [(3, 4)], locations + 2, ones([1, 1, 1, 1, 1]));
        Assert.Equal(0, outside.item<float>());
    }
}
