namespace Groundling;

/// <summary>How a model is quantized.</summary>
public sealed record QuantizationSettings
{
    /// <summary>
    /// The least cosine between what the network makes in floats and in integers (latents, phrases' states, features of every level), on
    /// the examples; layers are left in floats, the least exact first, until it holds. Above 0, below 1.
    /// </summary>
    public double Similarity { get; init; } = 0.995;

    /// <summary>Refuses what cannot be used.</summary>
    /// <exception cref="InputException">The similarity is out of range.</exception>
    public QuantizationSettings Validated() =>
        Similarity is > 0 and < 1 ? this : throw new InputException($"a similarity of {Similarity} is out of range: above 0, below 1");
}
