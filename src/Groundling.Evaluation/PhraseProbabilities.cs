using Groundling.Data;
using static TorchSharp.torch;

namespace Groundling.Evaluation;

/// <summary>What a method says of each pixel; the owner disposes it.</summary>
/// <param name="Letterbox">How the picture lies in the network's input, H_0 x W_0.</param>
/// <param name="Map">[N, H_0/s, W_0/s] probabilities at the method's own stride s (1, 4, 8, ...), padding included.</param>
public sealed record PhraseProbabilities(Letterbox Letterbox, Tensor Map) : IDisposable
{
    /// <summary>Disposes the map.</summary>
    public void Dispose() => Map.Dispose();
}
