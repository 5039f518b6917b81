using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Torch;

public sealed class AutocastTests
{
    [Fact]
    public void Operators_compute_in_the_smaller_type_inside_and_as_before_outside()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(4, 4),
            b = ones(4, 4);
        using (new Autocast(bfloat16, DeviceType.CPU))
        {
            Assert.Equal(bfloat16, a.matmul(b).dtype);
            using (new Autocast(bfloat16, DeviceType.CPU))
                Assert.Equal(bfloat16, a.matmul(b).dtype);
            Assert.Equal(bfloat16, a.matmul(b).dtype);
            Assert.Equal(float32, (a + b).dtype);
        }
        Assert.Equal(float32, a.matmul(b).dtype);
    }

    [Fact]
    public void A_setting_can_be_taken_up_again()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(4, 4),
            b = ones(4, 4);
        AutocastSetting inside;
        var outside = Autocast.Around(DeviceType.CPU);
        using (new Autocast(float16, DeviceType.CPU))
        {
            inside = Autocast.Around(DeviceType.CPU);
            using (outside.Enter())
                Assert.Equal(float32, a.matmul(b).dtype);
            Assert.Equal(float16, a.matmul(b).dtype);
        }
        Assert.Equal(outside, Autocast.Around(DeviceType.CPU));
        using (inside.Enter())
            Assert.Equal(float16, a.matmul(b).dtype);
    }

    [Fact]
    public void Gradients_are_those_of_the_float32_weights()
    {
        using var scope = NewDisposeScope();
        var weight = ones(3, 3).mul_(0.5).requires_grad_();
        Tensor sum;
        using (new Autocast(bfloat16, DeviceType.CPU))
            sum = ones(2, 3).matmul(weight).to(float32).sum();
        sum.backward();
        Assert.Equal(float32, weight.grad!.dtype);
        TensorAssert.Close(full(3, 3, 2), weight.grad!, 0, "gradient");
    }
}
