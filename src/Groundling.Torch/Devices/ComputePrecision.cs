using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Groundling.Torch;

/// <summary>In which kind of number the network computes; trained weights, gradients and losses are float32 always.</summary>
public enum ComputePrecision
{
    /// <summary>
    /// What is fastest: <see cref="Bf16"/> on a card with matrix units for it (compute capability 8.0 or more); on the CPU
    /// <see cref="Int8"/> for a quantized model, where the processor has what it takes; else <see cref="F32"/>.
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

    /// <summary>
    /// Integers of 8 bits where the model's file has them (a quantized model), float32 elsewhere; for inference on the CPU.
    /// </summary>
    [JsonStringEnumMemberName("int8")]
    [SuppressMessage("Naming", "CA1720", Justification = "the field's own name, as it is typed")]
    Int8,
}
