using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Tests.Torch;

/// <summary>Frozen layers use packed weights without gradients and plain operators with them; both must say the same.</summary>
public class LayerTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public void A_packed_convolution_equals_the_plain_one(long kernel, long stride)
    {
        using var scope = NewDisposeScope();
        using var layer = new ConvolutionLayer(384, 192, kernel, stride);
        var (weight, bias) = Initialise(layer, 1);
        layer.Freeze();
        foreach (var (height, width) in new[] { (12, 20), (7, 5), (12, 20) })      // packed for the first shape, and used for another
        {
            var input = randn([2, 384, height, width], generator: new Generator(3));
            var expected = functional.conv2d(input.to(float64), weight.to(float64), bias.to(float64), strides: [stride, stride], padding: [kernel / 2, kernel / 2]);
            foreach (var image in new[] { input, input.ToChannelsLast() })
                AssertBothModes(expected, () => layer.call(image));
        }
    }

    [Fact]
    public void Padding_can_be_left_out()
    {
        using var scope = NewDisposeScope();
        using var layer = new ConvolutionLayer(128, 128, 3, stride: 2, padding: 0);
        var (weight, bias) = Initialise(layer, 2);
        layer.Freeze();
        var input = randn([1, 128, 9, 13], generator: new Generator(4));
        var expected = functional.conv2d(input.to(float64), weight.to(float64), bias.to(float64), strides: [2, 2], padding: [0, 0]);
        Assert.Equal([1, 128, 4, 6], expected.shape);
        AssertBothModes(expected, () => layer.call(input));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_packed_linear_map_equals_the_plain_one(bool hasBias)
    {
        using var scope = NewDisposeScope();
        using var layer = new LinearLayer(320, 704, hasBias);
        var weight = (Tensor)layer.parameters().First();
        using (no_grad()) foreach (var parameter in layer.parameters()) parameter.normal_(0, 0.05, new Generator(5));
        layer.Freeze();
        foreach (var shape in new long[][] { [2, 33, 320], [1, 320], [7, 320] })
        {
            var input = randn(shape, generator: new Generator(6));
            var expected = input.to(float64).matmul(weight.to(float64).t());
            if (hasBias) expected = expected + layer.parameters().Last().to(float64);
            AssertBothModes(expected, () => layer.call(input));
        }
    }

    [Fact]
    public void Gradients_flow_through_frozen_layers_to_their_input_only()
    {
        using var scope = NewDisposeScope();
        using var convolution = new ConvolutionLayer(128, 64, 3);
        using var linear = new LinearLayer(64, 1024);
        Initialise(convolution, 7);
        using (no_grad()) foreach (var parameter in linear.parameters()) parameter.normal_(0, 0.05, new Generator(8));
        convolution.Freeze();
        linear.Freeze();
        foreach (var parameter in convolution.parameters().Concat(linear.parameters())) parameter.requires_grad_(false);
        using (no_grad()) linear.call(convolution.call(ones(1, 128, 6, 4)).ToPixels());                        // packs both
        var input = randn([1, 128, 6, 4], requires_grad: true, generator: new Generator(9));
        linear.call(convolution.call(input).ToPixels()).square().sum().backward();
        Assert.True(input.grad!.abs().sum().item<float>() > 0);
        Assert.All(convolution.parameters().Concat(linear.parameters()), parameter => Assert.Null(parameter.grad));
    }

    private static (Tensor Weight, Tensor Bias) Initialise(ConvolutionLayer layer, ulong seed)
    {
        using var frozen = no_grad();
        using var generator = new Generator(seed);
        foreach (var parameter in layer.parameters()) parameter.normal_(0, 0.05, generator);
        return (layer.parameters().First(), layer.parameters().Last());
    }

    private static void AssertBothModes(Tensor expected, Func<Tensor> run)
    {
        var scale = expected.abs().max().item<double>();
        using (no_grad())
        {
            TensorAssert.Close(expected, run(), Tolerance * scale, "inference, first call");
            TensorAssert.Close(expected, run(), Tolerance * scale, "inference, second call");
        }
        TensorAssert.Close(expected, run(), Tolerance * scale, "with gradients");
    }
}
