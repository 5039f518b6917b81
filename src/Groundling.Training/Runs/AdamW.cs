#pragma warning disable RS0030                                                 // makes Scalars, and holds them while they are used
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>AdamW (Loshchilov and Hutter, 2019) on named tensors, whose moments are named tensors too.</summary>
/// <remarks>
/// A missing gradient is a gradient of zero: whether a layer was used in a step must not decide how its weights decay.
/// Numbers are held as scalars for the whole update: TorchSharp makes one of every number that it is given, which a garbage collection
/// that another thread causes may free while libtorch still reads it.
/// </remarks>
public sealed class AdamW : IDisposable
{
    private readonly TrainingSettings _settings;
    private readonly List<Slot> _slots;

    /// <param name="parameters">What is trained; the caller keeps it.</param>
    /// <param name="decays">Whether weight decay applies to the parameter of a name.</param>
    /// <param name="settings">Betas, epsilon, weight decay.</param>
    public AdamW(IReadOnlyList<(string Name, Tensor Value)> parameters, Func<string, bool> decays, TrainingSettings settings)
    {
        _settings = settings;
        using var scope = NewDisposeScope();
        _slots =
        [
            .. parameters.Select(parameter => new Slot(
                parameter.Name,
                parameter.Value,
                decays(parameter.Name),
                zeros_like(parameter.Value, requires_grad: false).DetachFromDisposeScope(),
                zeros_like(parameter.Value, requires_grad: false).DetachFromDisposeScope()
            )),
        ];
    }

    /// <summary>The running means of gradients and of their squares.</summary>
    public IEnumerable<(string Name, Tensor Value)> Moments =>
        _slots.SelectMany(slot => new[] { ($"first.{slot.Name}", slot.First), ($"second.{slot.Name}", slot.Second) });

    /// <summary>Updates all parameters from their gradients.</summary>
    /// <param name="step">The update's number, from 1.</param>
    /// <param name="learningRate">The learning rate.</param>
    public void Update(long step, double learningRate)
    {
        using var frozen = no_grad();
        using Scalar beta1 = _settings.Beta1,
            beta2 = _settings.Beta2,
            rest1 = 1 - _settings.Beta1,
            rest2 = 1 - _settings.Beta2,
            one = 1.0,
            epsilon = _settings.Epsilon;
        using Scalar rootOfSecondBias = Math.Sqrt(1 - Math.Pow(_settings.Beta2, step)),
            size = -learningRate / (1 - Math.Pow(_settings.Beta1, step));
        using Scalar kept = 1 - learningRate * _settings.WeightDecay;
        foreach (var (_, value, decays, first, second) in _slots)
        {
            using var scope = NewDisposeScope();
            first.mul_(beta1);
            second.mul_(beta2);
            if (value.grad is { } gradient)
            {
                first.add_(gradient, rest1);
                second.addcmul_(gradient, gradient, rest2);
            }
            if (decays && _settings.WeightDecay > 0)
                value.mul_(kept);
            value.addcdiv_(first, second.sqrt().div_(rootOfSecondBias).add_(epsilon, one), size);
        }
    }

    /// <summary>Disposes the moments.</summary>
    public void Dispose()
    {
        foreach (var slot in _slots)
        {
            slot.First.Dispose();
            slot.Second.Dispose();
        }
    }

    private sealed record Slot(string Name, Tensor Value, bool Decays, Tensor First, Tensor Second);
}
