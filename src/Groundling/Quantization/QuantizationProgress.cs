namespace Groundling;

/// <summary>How far a model is quantized.</summary>
/// <param name="Round">What is being done, in words.</param>
/// <param name="Share">How much of all is done, 0 to 1; the last third begins again where layers are left in floats.</param>
public sealed record QuantizationProgress(string Round, double Share);
