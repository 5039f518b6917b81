using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Tests.Method;

public sealed class DiffusionMaskHeadTests
{
    private static readonly (long Height, long Width)[] Sizes = [(8, 12), (4, 6), (3, 5), (8, 12), (1, 1)];

    /// <summary>Mixed precision's products would round to 8 bits.</summary>
    [Theory]
    [InlineData(64, 96, false)]
    [InlineData(64, 96, true)]
    [InlineData(50, 31, true)]
    [InlineData(8, 12, false)]
    public void Its_masks_are_interpolated_maps_to_the_last_digits_in_mixed_precision_too(long height, long width, bool mixed)
    {
        using var scope = NewDisposeScope();
        var numbers = new Generator(1);
        var maps = Sizes.Select(size => rand([2, 3, size.Height, size.Width], generator: numbers).requires_grad_()).ToList();
        using var head = new DiffusionMaskHead(maps.Count);
        using (no_grad())
            head.parameters().Single().copy_(randn(maps.Count, generator: numbers));
        Tensor masks;
        using (mixed ? new Autocast(bfloat16, DeviceType.CPU) : null)
            masks = head.call(maps, height, width);
        var weights = head.parameters().Single().detach().softmax(0).to(float64);
        var copies = maps.Select(map => map.detach().to(float64).requires_grad_()).ToList();
        var expected = copies
            .Select(
                (map, block) =>
                    weights[block]
                    * functional.interpolate(map, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false)
            )
            .Aggregate((sum, map) => sum + map);
        TensorAssert.Close(expected, masks, 1e-6, "masks");

        var gradient = randn(masks.shape, generator: numbers);
        masks.backward([gradient]);
        expected.backward([gradient.to(float64)]);
        foreach (var (copy, map) in copies.Zip(maps))
            TensorAssert.Close(copy.grad!, map.grad!, 1e-4, "gradient");
    }
}
