using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>
/// All parameters of a run as one vector, and their gradients as another: what concerns all of them is one operation, not one for each.
/// </summary>
/// <remarks>
/// The parameters keep their names and shapes and become views into the vector; so do their gradients, into which backward passes add.
/// Those with weight decay come first. Each part starts at a multiple of 64 numbers; the numbers in between belong to no parameter and are
/// zero.
/// </remarks>
public sealed class ParameterVector : IDisposable
{
    private const long Alignment = 64,
        RowLength = 1024;
    private const long MessageLength = TensorBucket.LargestBytes / sizeof(float); // a message of the collective
    private const double Least = 1e-6; // against division by a norm of zero
    private readonly IReadOnlyList<(string Name, Tensor Value)> _parameters;
    private readonly long[] _starts;

    /// <param name="parameters">float32 tensors of one device; the caller keeps them. Their values move to other memory.</param>
    /// <param name="decays">Whether weight decay applies to the parameter of a name.</param>
    /// <exception cref="ArgumentException">The parameters are of several devices, or not float32.</exception>
    public ParameterVector(IReadOnlyList<(string Name, Tensor Value)> parameters, Func<string, bool> decays)
    {
        var device = parameters.Count > 0 ? parameters[0].Value.device : CPU;
        if (
            parameters.FirstOrDefault(parameter => parameter.Value.dtype != float32 || !parameter.Value.IsOn(device)) is
            { Name: { } name } other
        )
            throw new ArgumentException(
                $"{name} is {other.Value.dtype} on {other.Value.device}; float32 on {device} is needed, as others are",
                nameof(parameters)
            );
        _parameters = parameters;
        _starts = new long[parameters.Count];
        foreach (var part in parameters.Index().GroupBy(part => decays(part.Item.Name)).OrderByDescending(group => group.Key))
        {
            foreach (var (index, (_, value)) in part)
            {
                _starts[index] = Length;
                Length = RoundUp(Length + value.numel(), Alignment);
            }
            if (part.Key)
                DecayingLength = Length;
        }
        Length = RoundUp(Length, RowLength);
        using var frozen = no_grad();
        (Values, Gradients) = (Zeros(Length, device), Zeros(Length, device));
        using var scope = NewDisposeScope();
        foreach (var ((_, value), (_, view)) in _parameters.Zip(Parts(Values, 0, Length)))
        {
            view.copy_(value.detach());
            value.set_(view);
        }
    }

    /// <summary>How many numbers the vectors have.</summary>
    public long Length { get; }

    /// <summary>How many of them, from the first, weight decay applies to.</summary>
    public long DecayingLength { get; }

    /// <summary>[Length] the parameters.</summary>
    public Tensor Values { get; }

    /// <summary>[Length] their gradients, since <see cref="ClearGradients"/>.</summary>
    public Tensor Gradients { get; }

    /// <summary>A vector of zeros beside a stretch of these, in no dispose scope.</summary>
    /// <param name="length">The stretch's.</param>
    internal Tensor Zeros(long length) => Zeros(length, Values.device);

    /// <summary>The parts of such a vector that belong to the parameters, under their names and in their shapes.</summary>
    /// <param name="vector">Beside the stretch; the parts are views in the current dispose scope.</param>
    /// <param name="from">Where the stretch begins.</param>
    /// <param name="to">Where it ends.</param>
    internal IEnumerable<(string Name, Tensor Value)> Parts(Tensor vector, long from, long to) =>
        _parameters
            .Zip(_starts)
            .Where(pair => from <= pair.Second && pair.Second < to)
            .Select(pair => (pair.First.Name, vector.narrow(0, pair.Second - from, pair.First.Value.numel()).view(pair.First.Value.shape)));

    /// <summary>Makes all gradients zero; a layer that a step does not use has a gradient of zero.</summary>
    public void ClearGradients()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Gradients.zero_();
        foreach (var ((_, value), (_, view)) in _parameters.Zip(Parts(Gradients, 0, Length)))
            value.grad = view;
    }

    /// <summary>Replaces the gradients by their mean over processes.</summary>
    public void Average(ICollective collective) => Average(Gradients, collective);

    /// <summary>Replaces a vector by its mean over processes, the last numbers first: a backward pass has these first.</summary>
    internal static void Average(Tensor vector, ICollective collective)
    {
        if (collective.Size == 1)
            return;
        using var scope = NewDisposeScope();
        var length = vector.numel();
        var messages = (int)((length + MessageLength - 1) / MessageLength);
        collective.Average([
            .. Enumerable
                .Range(0, messages)
                .Select(i => vector.narrow(0, i * MessageLength, Math.Min(MessageLength, length - i * MessageLength))),
        ]);
    }

    /// <summary>The gradients' Euclidean norm; not a number where one of them is not.</summary>
    public double Norm()
    {
        using var scope = NewDisposeScope();
        // a row at a time: one float cannot sum millions exactly
        return Length == 0 ? 0 : Gradients.view(-1, RowLength).norm(1).to(float64).norm().item<double>();
    }

    /// <summary>Shortens the gradients to a norm where they are longer.</summary>
    /// <param name="norm">Theirs.</param>
    /// <param name="largest">The largest; 0 leaves them.</param>
    public void Clip(double norm, double largest)
    {
        if (largest == 0 || norm + Least <= largest)
            return;
        using var scope = NewDisposeScope();
        Gradients.TimesInPlace(largest / (norm + Least));
    }

    /// <summary>Forgets the gradients, and the vectors; the parameters keep their memory as long as they live.</summary>
    public void Dispose()
    {
        foreach (var (_, value) in _parameters)
            if (!value.IsInvalid)
                value.grad = null;
        Values.Dispose();
        Gradients.Dispose();
    }

    private static Tensor Zeros(long length, Device device) => zeros(length, dtype: float32, device: device).DetachFromDisposeScope();

    private static long RoundUp(long number, long multiple) => (number + multiple - 1) / multiple * multiple;
}
