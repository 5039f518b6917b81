using System.Text.Json.Serialization;

namespace Groundling.Training;

/// <summary>In which kind of number activations are computed; weights, gradients and losses are float32 always.</summary>
public enum Precision
{
    /// <summary>bfloat16 on CUDA, float32 elsewhere: processors without matrix units for bfloat16 are slower with it.</summary>
    [JsonStringEnumMemberName("auto")] Auto,

    /// <summary>float32.</summary>
    [JsonStringEnumMemberName("f32")] Full,

    /// <summary>bfloat16 where the operator allows it.</summary>
    [JsonStringEnumMemberName("bf16")] Mixed,
}
