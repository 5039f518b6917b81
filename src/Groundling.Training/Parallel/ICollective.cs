using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>The processes that train one model together, each on its share of every step's pictures.</summary>
/// <remarks>All processes call the same operations in the same order with tensors of the same shapes and types.</remarks>
public interface ICollective
{
    /// <summary>This process's number, from 0.</summary>
    int Rank { get; }

    /// <summary>How many processes there are.</summary>
    int Size { get; }

    /// <summary>Replaces the tensors of every process by their mean over the processes.</summary>
    /// <param name="tensors">Floating-point tensors; written in place.</param>
    void Average(IReadOnlyList<Tensor> tensors);

    /// <summary>Gives the tensors of process 0 to all others.</summary>
    /// <param name="tensors">Tensors of any type; written in place by all but process 0.</param>
    void Broadcast(IReadOnlyList<Tensor> tensors);

    /// <summary>Returns when all processes have come here.</summary>
    void Barrier();
}
