using System.Text.Json.Serialization;

namespace Groundling.Training;

/// <summary>
/// Mixed precision or not: in which kind of number activations are computed; weights, gradients and losses are float32 always.
/// </summary>
public enum Precision
{
    /// <summary>What is fastest where training runs. That is a CPU so far, and float32: without matrix units bfloat16 is slower.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>float32.</summary>
    [JsonStringEnumMemberName("f32")]
    Full,

    /// <summary>bfloat16 where the operator allows it.</summary>
    [JsonStringEnumMemberName("bf16")]
    Mixed,
}
