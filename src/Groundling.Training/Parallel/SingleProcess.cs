using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>A process that trains alone.</summary>
public sealed class SingleProcess : ICollective
{
    private SingleProcess() { }

    /// <summary>The only one.</summary>
    public static SingleProcess Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public void Average(IReadOnlyList<Tensor> tensors) { }

    /// <inheritdoc/>
    public void Broadcast(IReadOnlyList<Tensor> tensors) { }

    /// <inheritdoc/>
    public IReadOnlyList<string> Gather(string text) => [text];

    /// <inheritdoc/>
    public void Barrier() { }
}
