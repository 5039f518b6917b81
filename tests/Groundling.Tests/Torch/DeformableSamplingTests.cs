using System.Runtime.InteropServices;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Torch;

/// <summary>The kernel reads float32; float64 goes by way of libtorch's operators. Both must say the same.</summary>
public class DeformableSamplingTests
{
    private static readonly (long, long)[] Sizes = [(9, 14), (5, 7), (3, 4)];

    [Theory]
    [InlineData(8, 1)]
    [InlineData(32, 3)]
    public void Values_and_gradients_of_the_kernel_are_those_of_the_operators(long depth, long batch)
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(5);
        var values = randn([batch, 173, 2, depth], generator: generator);
        // a good part lies outside, and on both sides of every edge
        var locations = rand([batch, 31, 2, 3, 4, 2], generator: generator) * 1.6 - 0.3;
        var weights = rand([batch, 31, 2, 3, 4], generator: generator) / 12;
        var given = randn([batch, 31, 2 * depth], generator: generator);
        var expected = Run(float64);
        var actual = Run(float32);
        foreach (var ((name, value), other) in expected.Zip(actual))
            TensorAssert.Close(value, other.Value, 1e-5, name);
        using (no_grad())
            TensorAssert.Close(
                expected[0].Value,
                DeformableSampling.Read(values, Sizes, locations, weights),
                1e-5,
                "output without gradients"
            );

        List<(string Name, Tensor Value)> Run(ScalarType type)
        {
            var inputs = new[] { values, locations, weights }.Select(tensor => tensor.to(type).clone().requires_grad_()).ToList();
            var output = DeformableSampling.Read(inputs[0], Sizes, inputs[1], inputs[2]);
            output.backward([given.to(type)]);
            return
            [
                ("output", output.detach()),
                ("gradient of the values", inputs[0].grad!),
                ("gradient of the locations", inputs[1].grad!),
                ("gradient of the weights", inputs[2].grad!),
            ];
        }
    }

    [Fact]
    public void Far_outside_nothing_is_read_and_nothing_learnt()
    {
        using var scope = NewDisposeScope();
        var values = ones([1, 173, 1, 8]).requires_grad_();
        var locations = tensor(new[] { -1e30f, 0.5f, 0.5f, 1e30f, float.MaxValue, float.MinValue }, [1, 3, 1, 1, 1, 2])
            .expand(1, 3, 1, 3, 1, 2);
        var output = DeformableSampling.Read(values, Sizes, locations, ones([1, 3, 1, 3, 1]));
        output.sum().backward();
        Assert.Equal(0, output.abs().max().item<float>());
        Assert.Equal(0, values.grad!.abs().max().item<float>());
    }

    [Fact]
    public void Levels_that_are_larger_than_the_values_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ExternalException>(() =>
            DeformableSampling.Read(ones([1, 172, 1, 8]), Sizes, ones([1, 3, 1, 3, 1, 2]), ones([1, 3, 1, 3, 1]))
        );
    }
}
