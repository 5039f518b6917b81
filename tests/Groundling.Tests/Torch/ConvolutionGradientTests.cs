using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Torch;

/// <summary>The way back through convolutions, whatever lies in the memory that they are given.</summary>
public sealed class ConvolutionGradientTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(32)]
    public void Gradients_are_numbers_where_freed_memory_holds_none(long outputs)
    {
        using var scope = NewDisposeScope();
        using var layer = new ConvolutionLayer(32, outputs, 3);
        using var generator = new Generator(1);
        layer.Initialize(generator);
        foreach (var (_, weight) in layer.NamedTensors())
            weight.requires_grad_(true);
        for (var i = 0; i < 50; i++)
        {
            using var inner = NewDisposeScope();
            Soil();
            var image = randn([2, 32, 8, 8], generator: generator).requires_grad_(true); // rows of planes, not channels last
            layer.call(image).sum().backward();
            Assert.True(image.grad!.isfinite().all().item<bool>());
        }
    }

    /// <summary>Leaves blocks of many sizes behind that hold no numbers.</summary>
    private static void Soil()
    {
        using var scope = NewDisposeScope();
        for (var size = 64; size <= 1 << 16; size *= 2)
        for (var block = 0; block < 8; block++)
            _ = full([size + 64 * block], float.NaN);
    }
}
