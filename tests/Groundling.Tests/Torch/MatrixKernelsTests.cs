using System.Runtime.Intrinsics.X86;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Torch;

public class MatrixKernelsTests
{
    [Fact]
    public void Every_processor_with_the_instructions_gets_the_kernels_and_right_products()
    {
        using var scope = NewDisposeScope();
        _ = new LinearLayer(2, 2);                                             // whoever computes first has asked for them
        Assert.Equal(OperatingSystem.IsLinux() && Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported, MatrixKernels.UseAvx512());
        using var generator = new Generator(5);
        var (left, right) = (randn([70, 130], generator: generator), randn([130, 90], generator: generator));
        TensorAssert.Close(left.to(float64).matmul(right.to(float64)).to(float32), left.matmul(right), 1e-4, "product");
    }
}
