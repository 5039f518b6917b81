#pragma warning disable RS0030                                                 // makes Scalars, and holds them while they are used
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>AdamW (Loshchilov and Hutter, 2019) on parameters as one vector; its moments have the parameters' names.</summary>
/// <remarks>
/// Numbers are held as scalars for the whole update: TorchSharp makes one of every number that it is given, which a garbage collection
/// that another thread causes may free while libtorch still reads it.
/// </remarks>
public sealed class AdamW : Optimizer
{
    private const long CacheLength = 1 << 16; // numbers of four vectors that a CPU's second cache holds
    private readonly ParameterVector _parameters;
    private readonly TrainingSettings _settings;
    private readonly long _start;
    private readonly Tensor _first,
        _second;

    /// <param name="parameters">What is trained; the caller keeps it.</param>
    /// <param name="settings">Betas, epsilon, weight decay.</param>
    /// <param name="start">Where in the vector what it updates begins; the rest is another's.</param>
    public AdamW(ParameterVector parameters, TrainingSettings settings, long start = 0)
    {
        (_parameters, _settings, _start) = (parameters, settings, start);
        var length = parameters.Length - start;
        (_first, _second) = (parameters.Zeros(length), parameters.Zeros(length));
    }

    /// <summary>The running means of gradients and of their squares; views in the current dispose scope.</summary>
    public override IEnumerable<(string Name, Tensor Value)> Moments =>
        _parameters
            .Parts(_first, _start, _parameters.Length)
            .Zip(
                _parameters.Parts(_second, _start, _parameters.Length),
                (first, second) => new[] { ($"first.{first.Name}", first.Value), ($"second.{second.Name}", second.Value) }
            )
            .SelectMany(pair => pair);

    /// <inheritdoc/>
    public override void Update(long step, double learningRate)
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
        foreach (var (start, length, decays) in Blocks())
        {
            using var scope = NewDisposeScope();
            var (value, gradient) = (Block(_parameters.Values, start), Block(_parameters.Gradients, start));
            var (first, second) = (Block(_first, start - _start), Block(_second, start - _start));
            first.mul_(beta1).add_(gradient, rest1);
            second.mul_(beta2).addcmul_(gradient, gradient, rest2);
            if (decays && _settings.WeightDecay > 0)
                value.mul_(kept);
            value.addcdiv_(first, second.sqrt().div_(rootOfSecondBias).add_(epsilon, one), size);

            Tensor Block(Tensor vector, long from) => vector.narrow(0, from, length);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _first.Dispose();
        _second.Dispose();
    }

    /// <summary>
    /// A CPU works on what its cache holds; a card has most to do, and fewest launches, where there is one block of each kind.
    /// </summary>
    private IEnumerable<(long Start, long Length, bool Decays)> Blocks()
    {
        var longest = _parameters.Values.device_type == DeviceType.CPU ? CacheLength : long.MaxValue;
        foreach (
            var (from, to, decays) in new[]
            {
                (_start, _parameters.DecayingLength, true),
                (Math.Max(_start, _parameters.DecayingLength), _parameters.Length, false),
            }
        )
            for (var start = from; start < to; start += Math.Min(longest, to - start))
                yield return (start, Math.Min(longest, to - start), decays);
    }
}
