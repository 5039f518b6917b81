using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Tests.Diffusion;

public class ArithmeticCountTests(TinyModel tiny)
{
    [Fact]
    public void Layers_count_two_for_each_product()
    {
        using var scope = NewDisposeScope();
        var linear = new LinearLayer(3, 2);
        Assert.Equal(2 * 3 * 2 * 5, ArithmeticCount.Of([linear], () => linear.call(ones(5, 3))));
        var convolution = new ConvolutionLayer(4, 6, 3, stride: 2);
        Assert.Equal(2 * 4 * 9 * 6 * (4 * 5), ArithmeticCount.Of([convolution], () => convolution.call(ones(1, 4, 8, 10))));
        Assert.Equal(0, ArithmeticCount.Of([convolution], () => linear.call(ones(5, 3))));
    }

    [Fact]
    public void Counting_ends_with_the_pass()
    {
        using var scope = NewDisposeScope();
        var linear = new LinearLayer(3, 2);
        Assert.Throws<InvalidOperationException>(() => ArithmeticCount.Of([linear], () => throw new InvalidOperationException()));
        double once = ArithmeticCount.Of([linear], () => linear.call(ones(5, 3)));
        linear.call(ones(5, 3));
        Assert.Equal(once, ArithmeticCount.Of([linear], () => linear.call(ones(5, 3))));
    }

    [Fact]
    public void Pixels_that_attend_to_each_other_grow_with_the_square()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var vae = tiny.Pipeline.Diffusion.Vae;
        double Count(int side) => ArithmeticCount.Of([vae], () => vae.Encode(zeros(1, 3, side, side)));
        // Convolutions and matrices grow fourfold from 64 to 128 pixels, the attention of 64 then 256 latents of width 32 sixteenfold.
        double attention = 4.0 * 32 * 64 * 64;
        Assert.Equal(4 * (Count(64) - attention) + 16 * attention, Count(128));
    }
}
