using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Tests.Quantization;

/// <summary>Products in integers against the same integers multiplied in float64.</summary>
public sealed class Int8ArithmeticTests
{
    private const string Needs = "needs Linux x64 and a processor with VNNI";

    [Theory]
    [InlineData(1, 1, 32, 48, 9, 7)]
    [InlineData(3, 1, 32, 16, 13, 1)]
    [InlineData(3, 2, 17, 33, 8, 11)]
    [InlineData(3, 1, 320, 64, 16, 16)]
    public void Convolutions_are_exact(long kernel, long stride, long inputs, long outputs, long height, long width)
    {
        Assert.SkipUnless(Int8Arithmetic.Supported, Needs);
        using var scope = NewDisposeScope();
        using var layer = new ConvolutionLayer(inputs, outputs, kernel, stride);
        Fill(layer);
        var (integers, scale) = Int8Arithmetic.Round(layer.Weight);
        var input = InputScale.Of(-1.5, 4); // narrower than the values: some are clipped
        layer.Arithmetic = new Int8Arithmetic(integers, scale, input);
        layer.Freeze();
        using var forget = no_grad();
        // The first packs for its shape; others, and either layout, are served as well.
        foreach (var (batch, h, w) in new[] { (1L, height, width), (2L, height + 3, width), (1L, height, width) })
        {
            var image = randn([batch, inputs, h, w], generator: new Generator(5)) * 2;
            var expected = functional.conv2d(
                Rounded(image, input),
                integers.to(float64) * scale.to(float64).view(-1, 1, 1, 1),
                layer.Bias!.to(float64),
                strides: [stride, stride],
                padding: [kernel / 2, kernel / 2]
            );
            foreach (var laid in new[] { image, image.ToChannelsLast() })
                TensorAssert.Close(expected, layer.call(laid), 2e-4, $"[{string.Join(", ", image.shape)}]");
        }
    }

    [Theory]
    [InlineData(32, 48, true)]
    [InlineData(77, 33, false)]
    public void Linear_maps_are_exact(long inputs, long outputs, bool bias)
    {
        Assert.SkipUnless(Int8Arithmetic.Supported, Needs);
        using var scope = NewDisposeScope();
        using var layer = new LinearLayer(inputs, outputs, bias);
        Fill(layer);
        var (integers, scale) = Int8Arithmetic.Round(layer.Weight);
        var input = InputScale.Of(-3, 2);
        layer.Arithmetic = new Int8Arithmetic(integers, scale, input);
        layer.Freeze();
        using var forget = no_grad();
        foreach (
            long[] shape in (long[][])
                [
                    [7, inputs],
                    [2, 5, inputs],
                    [inputs],
                ]
        )
        {
            var rows = randn(shape, generator: new Generator(6));
            var expected = functional.linear(
                Rounded(rows, input),
                integers.to(float64) * scale.to(float64).unsqueeze(1),
                layer.Bias?.to(float64)
            );
            TensorAssert.Close(expected, layer.call(rows), 2e-4, $"[{string.Join(", ", shape)}]");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1000)]
    [InlineData(70001)]
    public void Every_number_is_rounded_to_the_nearest(int count)
    {
        using var scope = NewDisposeScope();
        var scale = InputScale.Of(-1, 3);
        var values = (randn(count, generator: new Generator(9)) * 2).contiguous();
        var rounded = QuantizeKernel.Run(values, scale);
        Assert.Equal(ScalarType.Byte, rounded.dtype);
        var back = (rounded.to(float64) - scale.ZeroPoint) * scale.Scale;
        var held = values.to(float64).clamp(-scale.ZeroPoint * scale.Scale, (InputScale.Largest - scale.ZeroPoint) * scale.Scale);
        TensorAssert.Close(held, back, scale.Scale * 0.5001, $"{count} values");
    }

    [Fact]
    public void What_is_no_number_or_beyond_all_is_an_end_of_the_scale()
    {
        using var scope = NewDisposeScope();
        var scale = InputScale.Of(-1, 3);
        // in a vector of the machine's, and in what is left of one
        var odd = tensor((float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, float.MaxValue, float.MinValue, -0f]);
        var values = odd.repeat(11);
        Assert.Equal(
            Enumerable.Repeat((byte[])[0, 255, 0, (byte)scale.ZeroPoint, 255, 0, (byte)scale.ZeroPoint], 11).SelectMany(all => all),
            QuantizeKernel.Run(values, scale).data<byte>().ToArray()
        );
    }

    [Fact]
    public void The_order_in_memory_stays()
    {
        using var scope = NewDisposeScope();
        var image = randn([2, 8, 5, 3], generator: new Generator(1)).ToChannelsLast();
        var rounded = QuantizeKernel.Run(image, InputScale.Of(-4, 4));
        Assert.Equal(image.stride(), rounded.stride());
    }

    [Fact]
    public void A_weight_is_rounded_by_outputs()
    {
        using var scope = NewDisposeScope();
        var weight = tensor((float[])[1, -0.5f, 0.25f, 100, 50, -100, 0, 0, 0], [3, 3]);
        var (integers, scale) = Int8Arithmetic.Round(weight);
        Assert.Equal([127, -64, 32, 127, 64, -127, 0, 0, 0], integers.data<sbyte>().ToArray().Select(value => (int)value));
        Assert.Equal(1 / 127f, scale[0].item<float>());
        Assert.Equal(100 / 127f, scale[1].item<float>());
        Assert.True(scale[2].item<float>() > 0);
    }

    [Fact]
    public void Rare_large_inputs_are_clipped_where_that_serves_the_others()
    {
        using var scope = NewDisposeScope();
        using var layer = new LinearLayer(64, 64);
        Fill(layer);
        using var forget = no_grad();
        var input = randn([1024, 64], generator: new Generator(2)).clamp(-4, 4);
        Assert.InRange(Largest(input), 3.5, 4.05);
        // One of 65536 at 10: to clip it by 1 costs 1/65536, and finer steps for all others save more than that.
        input[0, 0] = 10f;
        Assert.InRange(Largest(input), 8.4, 9.6);
        input[..32, 0] = 10f;
        Assert.InRange(Largest(input), 9.6, 10.1);

        double Largest(Tensor values)
        {
            using var range = new InputRange();
            range.Compute(layer, values);
            var chosen = range.Choose();
            return (InputScale.Largest - chosen.ZeroPoint) * chosen.Scale;
        }
    }

    [Fact]
    public void Integers_are_for_inference()
    {
        using var scope = NewDisposeScope();
        using var layer = new LinearLayer(8, 8);
        Fill(layer);
        var (integers, scale) = Int8Arithmetic.Round(layer.Weight);
        layer.Arithmetic = new Int8Arithmetic(integers, scale, InputScale.Of(0, 1));
        var input = randn([2, 8]).requires_grad_();
        Assert.Contains("precision f32", Assert.Throws<InvalidOperationException>(() => layer.call(input)).Message);
    }

    private static void Fill(Module layer)
    {
        using var frozen = no_grad();
        foreach (var (_, value) in layer.NamedTensors())
            value.set_(randn(value.shape, generator: new Generator(3)) * 0.1);
    }

    private static Tensor Rounded(Tensor values, InputScale scale) =>
        ((values.to(float64) / scale.Scale + (scale.ZeroPoint + 0.5)).floor().clamp(0, InputScale.Largest) - scale.ZeroPoint) * scale.Scale;
}
