using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Torch;

public class SurroundingsTests
{
    private static readonly (int Down, int Right)[] Offsets = [(-2, 1), (0, -3), (1, 0), (3, 3)];

    [Theory]
    [InlineData(3, 5, 40)] // the kernel's rows: vectors side by side, and one
    [InlineData(1, 2, 8)] // a margin wider than the plane is high
    [InlineData(2, 7, 13)] // libtorch's operators
    public void Sums_are_those_of_each_pixel_by_itself(int count, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var generator = new Generator(3);
        var planes = randn([count, height, width], generator: generator);
        var weights = rand([Offsets.Length, height, width], generator: generator);
        var (given, shares) = (planes.data<float>().ToArray(), weights.data<float>().ToArray());
        var expected = new float[given.Length];
        for (var n = 0; n < count; n++)
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
        for (var k = 0; k < Offsets.Length; k++)
        {
            var (row, column) = (Math.Clamp(y + Offsets[k].Down, 0, height - 1), Math.Clamp(x + Offsets[k].Right, 0, width - 1));
            expected[(n * height + y) * width + x] += shares[(k * height + y) * width + x] * given[(n * height + row) * width + column];
        }
        var reference = tensor(expected, planes.shape);
        TensorAssert.Close(reference, Surroundings.Sum(planes, weights, Offsets), 1e-5, "sums");
        using (new PlainOperators())
            TensorAssert.Close(reference, Surroundings.Sum(planes, weights, Offsets), 1e-5, "sums by libtorch's operators");
        var strided = planes.transpose(0, 1).contiguous().transpose(0, 1);
        TensorAssert.Close(reference, Surroundings.Sum(strided, weights, Offsets), 1e-5, "sums of planes that lie apart");
    }
}
