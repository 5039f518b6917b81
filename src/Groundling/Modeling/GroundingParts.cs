using System.Text.Json.Serialization;

namespace Groundling.Modeling;

/// <summary>Which parts of the method are built; each row of an ablation adds to the one above.</summary>
public enum GroundingParts
{
    /// <summary>Static prompting and the diffusion mask head: sixteen weights to learn, and useful without any learning.</summary>
    [JsonStringEnumMemberName("static")]
    Static,

    /// <summary>Static prompting and the mask decoder.</summary>
    [JsonStringEnumMemberName("decoder")]
    Decoder,

    /// <summary>The mask decoder with the phrase adapter (EIPA).</summary>
    [JsonStringEnumMemberName("decoder+eipa")]
    DecoderAndAdapter,

    /// <summary>The mask decoder with mutual aggregation (MLMA).</summary>
    [JsonStringEnumMemberName("decoder+mlma")]
    DecoderAndAggregation,

    /// <summary>Everything.</summary>
    [JsonStringEnumMemberName("full")]
    Full,
}
