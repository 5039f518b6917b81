using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Torch;

public class RecomputationTests
{
    [Fact]
    public void Gradients_of_inputs_and_parameters_are_those_of_the_plain_pass()
    {
        using var scope = NewDisposeScope();
        var weight = randn([4, 3], requires_grad: true, generator: new Generator(1));
        var plainInput = randn([5, 3], requires_grad: true, generator: new Generator(2));
        var savedInput = plainInput.detach().clone().requires_grad_();
        var factor = randn([5, 4], generator: new Generator(3));
        IReadOnlyList<Tensor> Block(IReadOnlyList<Tensor> inputs) => [inputs[0].matmul(weight.t()).tanh() * inputs[1], inputs[0].sin()];

        var plain = Block([plainInput, factor]);
        Loss(plain).backward();
        var expected = weight.grad!.clone();
        weight.grad!.zero_();
        var saved = Recomputation.Run(Block, savedInput, factor);
        Loss(saved).backward();

        TensorAssert.Close(plain[0], saved[0], 0, "first output");
        TensorAssert.Close(plain[1], saved[1], 0, "second output");
        TensorAssert.Close(plainInput.grad!, savedInput.grad!, 1e-6, "input's gradient");
        TensorAssert.Close(expected, weight.grad!, 1e-6, "parameter's gradient");
        Assert.Null(factor.grad);

        static Tensor Loss(IReadOnlyList<Tensor> outputs) => outputs[0].square().sum() + outputs[1].sum();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_block_runs_again_in_the_types_in_which_it_ran_first(bool onAnotherThread)
    {
        using var scope = NewDisposeScope();
        var weight = randn([4, 4], generator: new Generator(1)).requires_grad_();
        IReadOnlyList<Tensor> Block(IReadOnlyList<Tensor> inputs)
        {
            var product = inputs[0].matmul(weight);
            return [product, product.softmax(-1), inputs[0].sin()]; // of two types
        }
        (List<ScalarType> Types, Tensor Input, Tensor Weight) Gradients(Func<Tensor, IReadOnlyList<Tensor>> run)
        {
            var x = randn([5, 4], generator: new Generator(2)).requires_grad_();
            IReadOnlyList<Tensor> results;
            using (new Autocast(bfloat16, DeviceType.CPU))
                results = run(x);
            var loss = results[0].to(float32).square().sum() + results[1].square().sum() + results[2].sum();
            if (onAnotherThread)
                OnAnotherThread(() => loss.backward());
            else
                loss.backward();
            var gradient = weight.grad!.clone();
            weight.grad!.zero_();
            return ([.. results.Select(result => result.dtype)], x.grad!, gradient);
        }

        var plain = Gradients(x => Block([x]));
        var again = Gradients(x => Recomputation.Run(Block, x));
        Assert.Equal([bfloat16, bfloat16, float32], plain.Types);
        Assert.Equal(plain.Types, again.Types);
        TensorAssert.Close(plain.Input, again.Input, 0.02, "input's gradient"); // summed in another order, in bfloat16
        TensorAssert.Close(plain.Weight, again.Weight, 0.02, "parameter's gradient");
        Assert.Equal(float32, ones(2, 2).matmul(ones(2, 2)).dtype);

        // As libtorch does with CUDA's: a thread that knows neither this one's dispose scope nor its autocast.
        static void OnAnotherThread(Action work)
        {
            Exception? fault = null;
            var thread = new Thread(() =>
            {
                try
                {
                    work();
                }
                catch (Exception e)
                {
                    fault = e;
                }
            });
            thread.Start();
            thread.Join();
            Assert.Null(fault);
        }
    }

    [Fact]
    public void Both_of_two_inputs_get_theirs()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (tensor(new[] { 2f, 3f }, requires_grad: true), tensor(new[] { 5f, 7f }, requires_grad: true));
        Recomputation.Run(inputs => [inputs[0] * inputs[1].square()], a, b)[0].sum().backward();
        Assert.Equal([25, 49], a.grad!.data<float>());
        Assert.Equal([20, 42], b.grad!.data<float>());
    }

    [Fact]
    public void The_block_runs_again_because_nothing_was_kept()
    {
        using var scope = NewDisposeScope();
        var recorded = new List<bool>();
        var x = ones(3, requires_grad: true);
        var output = Recomputation.Run(
            inputs =>
            {
                var inner = inputs[0].exp();
                recorded.Add(inner.requires_grad);
                return [inner.square()];
            },
            x
        )[0];
        Assert.Equal([false], recorded); // the first pass records no gradient, so it keeps no inner tensor
        output.sum().backward();
        Assert.Equal([false, true], recorded);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_inner_tensors()
    {
        const int megabytesEach = 48,
            steps = 5; // so large that the allocator gives each back at once
        using var scope = NewDisposeScope();
        var x = ones(megabytesEach << 18, requires_grad: true);
        static IReadOnlyList<Tensor> Block(IReadOnlyList<Tensor> inputs)
        {
            var value = inputs[0].sin();
            for (var step = 1; step < steps; step++)
            {
                using var last = value; // what the gradient needs lives on without us
                value = value.sin();
            }
            return [value];
        }
        double Grown(Func<Tensor> run)
        {
            var before = ResidentMemory.Now;
            using var output = run();
            return (ResidentMemory.Now - before) / 1e6;
        }
        Assert.True(Grown(() => Block([x])[0]) > 0.8 * steps * megabytesEach, "a plain pass keeps every step's input");
        Assert.True(Grown(() => Recomputation.Run(Block, x)[0]) < 0.3 * steps * megabytesEach, "a checkpointed pass keeps none");
    }
}
