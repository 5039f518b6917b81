using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Tests.Method;

/// <summary>Gradients against differences of values, in float64.</summary>
internal sealed class GradientCheck : IDisposable
{
    private const double Step = 1e-5,
        Tolerance = 1e-6;
    private const int PlacesEach = 4;
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(23);

    /// <summary>Tensors that are made without a type are float64 until this is disposed.</summary>
    public GradientCheck() => set_default_dtype(float64);

    public Tensor Random(params long[] shape) => randn(shape, generator: _generator, dtype: float64);

    /// <summary>Random weights everywhere, also where a module starts at zero.</summary>
    public T Stirred<T>(T module)
        where T : Module
    {
        module.Initialize(_generator);
        return Stir(module, _generator);
    }

    public static T Stir<T>(T module, Generator generator)
        where T : Module
    {
        using var frozen = no_grad();
        foreach (var parameter in module.parameters())
        {
            using var noise = randn(parameter.shape, generator: generator, dtype: parameter.dtype).mul_(0.2);
            parameter.add_(noise);
        }
        return module;
    }

    /// <summary>Checks a few places of every trained parameter and of every input.</summary>
    /// <param name="module">Its parameters are checked; may be null.</param>
    /// <param name="run">Outputs of the inputs.</param>
    /// <param name="inputs">By name; contiguous.</param>
    public void Run(Module? module, Func<Tensor[]> run, params (string Name, Tensor Tensor)[] inputs)
    {
        var tensors = inputs
            .Concat(module?.NamedTensors() ?? [])
            .Where(pair => module is null || pair.Tensor is not TorchSharp.Modules.Parameter { requires_grad: false })
            .ToList();
        foreach (var (_, tensor) in inputs)
            tensor.requires_grad_();
        Tensor[]? weights = null;
        Tensor Loss()
        {
            var outputs = run();
            weights ??= [.. outputs.Select(output => randn(output.shape, generator: _generator, dtype: float64))];
            return outputs.Zip(weights, (output, weight) => (output * weight).sum()).Aggregate((sum, term) => sum + term);
        }
        Loss().backward();
        var picked = new Random(5);
        foreach (var (name, tensor) in tensors)
        {
            Assert.True(tensor.grad is not null, $"{name} has no gradient");
            for (var i = 0; i < Math.Min(PlacesEach, tensor.numel()); i++)
            {
                using var scope = NewDisposeScope();
                var place = tensor.numel() <= PlacesEach ? i : picked.NextInt64(tensor.numel());
                var (above, below) = (Moved(Step), Moved(-Step));
                var (expected, actual) = ((above - below) / (2 * Step), tensor.grad!.flatten()[place].item<double>());
                Assert.True(
                    Math.Abs(expected - actual) <= Tolerance * (1 + Math.Abs(expected)),
                    $"{name}[{place}]: gradient {actual:g9}, difference {expected:g9}"
                );

                double Moved(double by)
                {
                    using var frozen = no_grad();
                    using var moved = tensor.detach().view(-1)[place];
                    moved.add_(by);
                    try
                    {
                        return Loss().item<double>();
                    }
                    finally
                    {
                        moved.sub_(by);
                    }
                }
            }
        }
    }

    public void Dispose()
    {
        set_default_dtype(float32);
        _scope.Dispose();
        _generator.Dispose();
    }
}
