using System.Runtime.Intrinsics;
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
        foreach (var (height, width) in new[] { (12, 20), (7, 5), (12, 20) }) // packed for the first shape, and used for another
        {
            var input = randn([2, 384, height, width], generator: new Generator(3));
            var expected = functional.conv2d(
                input.to(float64),
                weight.to(float64),
                bias.to(float64),
                strides: [stride, stride],
                padding: [kernel / 2, kernel / 2]
            );
            foreach (var image in new[] { input, input.ToChannelsLast() })
                AssertBothModes(expected, () => layer.call(image));
        }
    }

    [Theory]
    [InlineData(64, 96, 32, 40)]
    [InlineData(96, 64, 37, 33)]
    [InlineData(128, 128, 64, 35)]
    public void Convolutions_of_large_images_equal_the_plain_one(long inputs, long outputs, long height, long width)
    {
        using var scope = NewDisposeScope();
        using var layer = new ConvolutionLayer(inputs, outputs, 3);
        var (weight, bias) = Initialise(layer, 10);
        layer.Freeze();
        // whole and cut tiles, large and small
        foreach (var (h, w) in new[] { (height, width), (5L, 7L), (1L, 1L), (height + 1, width + 2) })
        {
            var input = randn([2, inputs, h, w], generator: new Generator(11)) + 0.5;
            var expected = functional.conv2d(input.to(float64), weight.to(float64), bias.to(float64), padding: [1, 1]);
            foreach (var image in new[] { input.ToChannelsLast(), input })
                AssertBothModes(expected, () => layer.call(image));
        }
    }

    /// <summary>Where a tile's polynomials are multiplied decides how exact it is: at 1 and 2 the root mean square is 3.6e-6.</summary>
    [Fact]
    public void Winograds_products_of_many_channels_are_exact_to_two_millionths()
    {
        using var scope = NewDisposeScope();
        using var layer = new ConvolutionLayer(320, 64, 3);
        var (weight, bias) = Initialise(layer, 22);
        layer.Freeze();
        var image = randn([1, 320, 48, 48], generator: new Generator(23));
        var expected = functional.conv2d(image.to(float64), weight.to(float64), bias.to(float64), padding: [1, 1]);
        using var frozen = no_grad();
        var error = (layer.call(image.ToChannelsLast()).to(float64) - expected) / expected.std();
        Assert.InRange(error.square().mean().sqrt().item<double>(), 1e-7, 2e-6);
        Assert.InRange(error.abs().max().item<double>(), 0, 3e-5);
    }

    [Theory]
    [InlineData(384, 192, 1, 1, 12, 20)]
    [InlineData(192, 384, 3, 1, 7, 5)]
    [InlineData(192, 384, 3, 2, 9, 6)]
    [InlineData(96, 64, 3, 1, 37, 33)] // Winograd's both ways
    [InlineData(64, 24, 3, 1, 30, 34)] // too few channels: plain
    [InlineData(1024, 40, 3, 1, 24, 24)] // oneDNN's there and back
    public void Frozen_convolutions_hand_back_the_gradient_of_the_plain_one(
        long inputs,
        long outputs,
        long kernel,
        long stride,
        long height,
        long width
    )
    {
        using var scope = NewDisposeScope();
        using var layer = new ConvolutionLayer(inputs, outputs, kernel, stride);
        var (weight, bias) = Initialise(layer, 20);
        layer.Freeze();
        foreach (var (h, w) in new[] { (height, width), (height + 3, width - 1), (height, width) })
        {
            var image = randn([2, inputs, h, w], generator: new Generator(21));
            AssertGradient(
                image,
                layer.call,
                exact => functional.conv2d(exact, weight.to(float64), bias.to(float64), [stride, stride], [kernel / 2, kernel / 2])
            );
            AssertGradient(
                image.ToChannelsLast(),
                layer.call,
                exact => functional.conv2d(exact, weight.to(float64), bias.to(float64), [stride, stride], [kernel / 2, kernel / 2])
            );
        }
    }

    [Theory]
    [InlineData(256, 320, true)]
    [InlineData(320, 1280, false)]
    [InlineData(40, 24, true)] // small: plain
    public void Frozen_linear_maps_hand_back_the_gradient_of_the_plain_one(long inputs, long outputs, bool bias)
    {
        using var scope = NewDisposeScope();
        using var layer = new LinearLayer(inputs, outputs, bias);
        layer.Initialize(new Generator(23));
        layer.Freeze();
        var (weight, added) = (layer.Weight.to(float64), layer.Bias?.to(float64));
        foreach (var rows in new long[] { 5, 77, 5 })
            AssertGradient(
                randn([2, rows, inputs], generator: new Generator(24)),
                layer.call,
                exact => functional.linear(exact, weight, added)
            );
    }

    /// <summary>The output, and the input's gradient for a random one of the output, are those of the definition.</summary>
    private static void AssertGradient(Tensor input, Func<Tensor, Tensor> layer, Func<Tensor, Tensor> definition)
    {
        using var scope = NewDisposeScope();
        var (found, exact) = (input.detach().requires_grad_(true), input.detach().to(float64, copy: true).requires_grad_(true));
        var (output, expected) = (layer(found), definition(exact));
        var given = randn(expected.shape, generator: new Generator(25));
        TensorAssert.Close(expected, output, Tolerance * expected.abs().max().item<double>(), "output");
        output.backward([given.to(output.dtype)]);
        expected.backward([given.to(float64)]);
        TensorAssert.Close(exact.grad!, found.grad!, Tolerance * exact.grad!.abs().max().item<double>(), "gradient");
    }

    [Theory]
    [InlineData(1, 1, 256, 256, 16)]
    [InlineData(2, 3, 300, 257, 40)] // tails of queries, of keys and of channels
    [InlineData(1, 2, 259, 1000, 80)]
    [InlineData(1, 1, 256, 320, 7)]
    [InlineData(1, 1, 257, 449, 161)]
    public void Long_attention_equals_its_definition(long batch, long heads, long queries, long keys, long channels)
    {
        using var scope = NewDisposeScope();
        // as projections give them: heads beside each other in a row
        Tensor Made(long rows, ulong seed) => (3 * randn([batch, rows, heads, channels], generator: new Generator(seed))).transpose(1, 2);
        var (query, key, value) = (Made(queries, 1), Made(keys, 2), Made(keys, 3));
        var scores = query.to(float64).matmul(key.to(float64).transpose(-2, -1)) / Math.Sqrt(channels);
        var expected = functional.softmax(scores, -1).matmul(value.to(float64));
        AssertBothModes(expected, () => DotProductAttention.Of(query, key, value));
        using var frozen = no_grad();
        Assert.Equal(Vector512.IsHardwareAccelerated, AttentionKernel.Serves(query, key, value));
        query[0, 0, 5, 0] = float.NaN;
        var spoilt = DotProductAttention.Of(query, key, value).isnan().any(-1);
        Assert.True(spoilt[0, 0, 5].item<bool>());
        Assert.Equal(1, spoilt.sum().item<long>());
    }

    [Theory]
    [InlineData(1, 1, 256, 256, 16)]
    [InlineData(2, 3, 300, 257, 40)]
    [InlineData(1, 2, 259, 1000, 80)]
    [InlineData(3, 11, 257, 449, 7)] // more heads than there are pieces of work
    [InlineData(1, 1, 256, 321, 161)]
    public void Long_attention_hands_back_the_gradients_of_its_definition(long batch, long heads, long queries, long keys, long channels)
    {
        using var scope = NewDisposeScope();
        Tensor Made(long rows, ulong seed) => (3 * randn([batch, rows, heads, channels], generator: new Generator(seed))).transpose(1, 2);
        Tensor[] states = [Made(queries, 1), Made(keys, 2), Made(keys, 3)];
        var given = Made(queries, 4);
        Tensor[] Gradients(Tensor gradient)
        {
            Tensor[] leaves = [.. states.Select(tensor => tensor.detach().requires_grad_(true))];
            DotProductAttention.Of(leaves[0], leaves[1], leaves[2]).backward([gradient]);
            return [.. leaves.Select(leaf => leaf.grad!)];
        }

        Tensor[] exact = [.. states.Select(tensor => tensor.to(float64).requires_grad_(true))];
        var weights = functional.softmax(exact[0].matmul(exact[1].transpose(-2, -1)) / Math.Sqrt(channels), -1);
        weights.matmul(exact[2]).backward([given.to(float64)]);
        var found = Gradients(given);
        foreach (var (gradient, right) in found.Zip(exact))
            TensorAssert.Close(right.grad!, gradient, 2 * Tolerance * right.grad!.abs().max().item<double>(), "gradient");

        if (!Vector512.IsHardwareAccelerated)
            return; // libtorch's own, which may add in another order
        var threads = get_num_threads();
        try
        {
            set_num_threads(threads + 2);
            var channelsApart = given.transpose(2, 3).contiguous().transpose(2, 3);
            Assert.All(Gradients(channelsApart).Zip(found), pair => Assert.True(pair.First.eq(pair.Second).all().item<bool>()));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory]
    [InlineData(64, 8, 5, 7, true)]
    [InlineData(96, 32, 40, 33, false)]
    [InlineData(32, 4, 1, 1, true)]
    [InlineData(24, 8, 6, 5, true)]
    public void Group_norms_equal_their_definition(long channels, long groups, long height, long width, bool silu)
    {
        using var scope = NewDisposeScope();
        using var layer = new GroupNormLayer(groups, channels, 1e-5, silu);
        using (no_grad())
            foreach (var parameter in layer.parameters())
                parameter.normal_(0.5, 1, new Generator(12));
        var input = 3 * randn([2, channels, height, width], generator: new Generator(13)) + 10;
        var grouped = input.to(float64).view(2, groups, -1);
        var normal = ((grouped - grouped.mean([-1], keepdim: true)) / (grouped.var(-1, unbiased: false, keepdim: true) + 1e-5).sqrt()).view(
            2,
            channels,
            height,
            width
        );
        var (weight, bias) = (layer.parameters().First().to(float64).view(-1, 1, 1), layer.parameters().Last().to(float64).view(-1, 1, 1));
        var expected = normal * weight + bias;
        if (silu)
            expected = expected * expected.sigmoid();
        foreach (var image in new[] { input.ToChannelsLast(), input })
            AssertBothModes(expected, () => layer.call(image));
    }

    [Theory]
    [InlineData(3, 64, 8, 5, 7, true)]
    [InlineData(2, 96, 8, 13, 33, false)]
    [InlineData(1, 32, 32, 4, 4, true)]
    [InlineData(2, 16, 8, 40, 30, true)]
    public void Group_norms_hand_back_the_gradients_of_their_definition(
        long batch,
        long channels,
        long groups,
        long height,
        long width,
        bool silu
    )
    {
        using var scope = NewDisposeScope();
        using var layer = new GroupNormLayer(groups, channels, 1e-5, silu);
        using (no_grad())
            foreach (var parameter in layer.parameters())
                parameter.normal_(0.5, 1, new Generator(14));
        var input = (3 * randn([batch, channels, height, width], generator: new Generator(15)) + 4).ToChannelsLast().requires_grad_(true);
        var given = randn([batch, channels, height, width], generator: new Generator(16));
        layer.call(input).backward([given]); // not channels last: it must be brought so

        Tensor[] exact = [.. layer.parameters().Prepend(input).Select(tensor => tensor.detach().to(float64).requires_grad_(true))];
        var grouped = exact[0].reshape(batch, groups, -1);
        var normal = ((grouped - grouped.mean([-1], keepdim: true)) / (grouped.var(-1, unbiased: false, keepdim: true) + 1e-5).sqrt()).view(
            batch,
            channels,
            height,
            width
        );
        var expected = normal * exact[1].view(-1, 1, 1) + exact[2].view(-1, 1, 1);
        if (silu)
            expected = expected * expected.sigmoid();
        expected.backward([given.to(float64)]);
        foreach (var (found, right) in layer.parameters().Prepend(input).Zip(exact))
            TensorAssert.Close(right.grad!, found.grad!, 2 * Tolerance * right.grad!.abs().max().item<double>(), "gradient");
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
        layer.Initialize(new Generator(5));
        layer.Freeze();
        foreach (var shape in new long[][] { [2, 33, 320], [1, 320], [7, 320] })
        {
            var input = randn(shape, generator: new Generator(6));
            var expected = input.to(float64).matmul(weight.to(float64).t());
            if (hasBias)
                expected = expected + layer.parameters().Last().to(float64);
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
        linear.Initialize(new Generator(8));
        convolution.Freeze();
        linear.Freeze();
        foreach (var parameter in convolution.parameters().Concat(linear.parameters()))
            parameter.requires_grad_(false);
        using (no_grad())
            linear.call(convolution.call(ones(1, 128, 6, 4)).ToPixels()); // packs both
        var input = randn([1, 128, 6, 4], requires_grad: true, generator: new Generator(9));
        linear.call(convolution.call(input).ToPixels()).square().sum().backward();
        Assert.True(input.grad!.abs().sum().item<float>() > 0);
        Assert.All(convolution.parameters().Concat(linear.parameters()), parameter => Assert.Null(parameter.grad));
    }

    private static (Tensor Weight, Tensor Bias) Initialise(ConvolutionLayer layer, ulong seed)
    {
        using var generator = new Generator(seed);
        layer.Initialize(generator);
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
