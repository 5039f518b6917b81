using System.Text.Json.Serialization;

namespace Groundling.Torch;

/// <summary>In which kind of number the network computes; trained weights, gradients and losses are float32 always.</summary>
public enum ComputePrecision
{
    /// <summary>
    /// What is fastest: <see cref="Bf16"/> on a card with matrix units for it (compute capability 8.0 or more), else <see cref="F32"/>.
    /// </summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>float32.</summary>
    [JsonStringEnumMemberName("f32")]
    F32,

    /// <summary>float32 whose factors CUDA's matrix units read with 10 bits after the point; needs compute capability 8.0.</summary>
    [JsonStringEnumMemberName("tf32")]
    Tf32,

    /// <summary>bfloat16 where an operator may be inexact, float32 elsewhere. A CPU without matrix units is slower with it.</summary>
    [JsonStringEnumMemberName("bf16")]
    Bf16,
}
