using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>Weight initialisation: first values, before anything is learnt.</summary>
public static class Initialization
{
    private const double EmbeddingDeviation = 0.02;

    /// <summary>
    /// Gives every parameter its first value: uniform within 1 / sqrt(inputs) for linear maps, convolutions and their biases, normal
    /// with deviation 0.02 for embeddings; norms and others keep what they were built with. A module that is an
    /// <see cref="IOwnInitialValues"/> is asked first.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="generator">Where the random numbers come from.</param>
    public static T Initialize<T>(this T module, Generator generator)
        where T : Module
    {
        using var frozen = no_grad();
        foreach (var (_, tensor, value) in InitialValues(module, generator))
        {
            using var scope = NewDisposeScope();
            tensor.set_(value().to(tensor.device));
        }
        return module;
    }

    /// <summary>Every tensor of a module in order, with a function that makes its first value; to be called in that order.</summary>
    public static IEnumerable<(string Name, Tensor Tensor, Func<Tensor> Value)> InitialValues(Module module, Generator generator)
    {
        var tensors = module.NamedTensors().ToList();
        var shapeOf = tensors.ToDictionary(pair => pair.Name, pair => pair.Tensor.shape);
        var special = module
            .named_modules()
            .Append((name: "", module))
            .Where(pair => pair.module is IOwnInitialValues)
            .Select(pair =>
                (Prefix: pair.name.Length == 0 ? "" : pair.name.Replace('/', '.') + ".", Module: (IOwnInitialValues)pair.module)
            )
            .DistinctBy(pair => pair.Prefix)
            .ToList();
        foreach (var (name, tensor) in tensors)
            yield return (name, tensor, () => OwnValue(name, tensor, special) ?? Value(name, tensor, shapeOf, generator));
    }

    private static Tensor? OwnValue(string name, Tensor tensor, List<(string Prefix, IOwnInitialValues Module)> special) =>
        special
            .Where(pair => name.StartsWith(pair.Prefix, StringComparison.Ordinal))
            .Select(pair => pair.Module.InitialValue(name[pair.Prefix.Length..], tensor.shape))
            .FirstOrDefault(value => value is not null);

    private static Tensor Value(string name, Tensor tensor, Dictionary<string, long[]> shapeOf, Generator generator)
    {
        const string bias = ".bias";
        var weight =
            name == "bias" ? "weight"
            : name.EndsWith(bias, StringComparison.Ordinal) ? $"{name[..^bias.Length]}.weight"
            : name;
        if (!shapeOf.TryGetValue(weight, out var shape) || shape.Length < 2)
            return tensor.detach().clone();
        if (name.Contains("_embedding.weight", StringComparison.Ordinal))
            return empty(shape, device: CPU).normal_(0, EmbeddingDeviation, generator);
        var bound = 1 / Math.Sqrt(shape.Skip(1).Aggregate(1L, (product, size) => product * size));
        return empty(tensor.shape, device: CPU).uniform_(-bound, bound, generator);
    }
}
