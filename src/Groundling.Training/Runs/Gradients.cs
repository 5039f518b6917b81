using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>The gradients of all parameters of a run as one vector.</summary>
internal static class Gradients
{
    private const double Least = 1e-6; // against division by a norm of zero

    /// <summary>zero_grad: forgets all gradients.</summary>
    public static void Clear(IReadOnlyList<(string Name, Tensor Value)> parameters)
    {
        foreach (var (_, value) in parameters)
            value.grad = null;
    }

    /// <summary>All-reduce: the mean over processes, in every process; missing gradients count as zero.</summary>
    public static void Average(IReadOnlyList<(string Name, Tensor Value)> parameters, ICollective collective)
    {
        if (collective.Size == 1)
            return;
        using var scope = NewDisposeScope();
        foreach (var (_, value) in parameters)
            if (value.grad is null)
                value.grad = zeros_like(value, requires_grad: false);
        collective.Average([.. parameters.Select(parameter => parameter.Value.grad!)]);
    }

    /// <summary>Their Euclidean norm; not a number where one of them is not.</summary>
    public static double Norm(IReadOnlyList<(string Name, Tensor Value)> parameters)
    {
        using var scope = NewDisposeScope();
        var norms = parameters.Select(parameter => parameter.Value.grad).OfType<Tensor>().Select(gradient => gradient.norm()).ToArray();
        return norms.Length == 0 ? 0 : stack(norms).norm().item<float>();
    }

    /// <summary>Gradient clipping: shortens the vector to a norm where it is longer.</summary>
    public static void Clip(IReadOnlyList<(string Name, Tensor Value)> parameters, double norm, double largest)
    {
        if (largest == 0 || norm + Least <= largest)
            return;
        using var scope = NewDisposeScope();
        foreach (var (_, value) in parameters)
            value.grad?.TimesInPlace(largest / (norm + Least));
    }
}
