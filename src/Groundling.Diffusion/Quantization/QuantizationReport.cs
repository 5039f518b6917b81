using System.Text.Json;
using System.Text.Json.Serialization;

namespace Groundling.Diffusion;

/// <summary>What became of a model whose weights were quantized.</summary>
/// <param name="Layers">Every layer that computed anything in calibration, in the order of the model.</param>
/// <param name="Similarity">
/// What the network makes, by name, as the least cosine over the examples between floats and integers: the latents, the phrases' states,
/// the features of every level.
/// </param>
public sealed record QuantizationReport(IReadOnlyList<QuantizedLayer> Layers, IReadOnlyDictionary<string, double> Similarity)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>The least of the similarities.</summary>
    [JsonIgnore]
    public double Worst => Similarity.Count == 0 ? 1 : Similarity.Values.Min();

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Indented);
}

/// <summary>A layer in calibration.</summary>
/// <param name="Part">text_encoder, vae or unet.</param>
/// <param name="Weight">The name of its weight.</param>
/// <param name="Parameters">Numbers in its weight.</param>
/// <param name="Error">How far its output in integers is from that in floats, beside the latter's norm, on the same inputs.</param>
/// <param name="IsInteger">Whether it is integers in the model that is written; false where its error was too large.</param>
public sealed record QuantizedLayer(string Part, string Weight, long Parameters, double Error, bool IsInteger);
