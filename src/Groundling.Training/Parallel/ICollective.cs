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

    /// <summary>This process's number among those on its machine, from 0: which of its cards is this process's.</summary>
    int LocalRank => 0;

    /// <summary>Replaces the tensors of every process by their mean over the processes.</summary>
    /// <param name="tensors">Floating-point tensors; written in place.</param>
    void Average(IReadOnlyList<Tensor> tensors);

    /// <summary>Gives the tensors of process 0 to all others.</summary>
    /// <param name="tensors">Tensors of any type; written in place by all but process 0.</param>
    void Broadcast(IReadOnlyList<Tensor> tensors);

    /// <summary>Collects a text of every process in process 0.</summary>
    /// <returns>The texts in the order of the processes in process 0; nothing in the others.</returns>
    IReadOnlyList<string> Gather(string text);

    /// <summary>Returns when all processes have come here.</summary>
    void Barrier();

    /// <summary>Gives a list of process 0 to all others.</summary>
    /// <param name="numbers">What process 0 has; not looked at in the others.</param>
    IReadOnlyList<long> Share(IReadOnlyList<long> numbers)
    {
        if (Size == 1)
            return numbers;
        using var scope = NewDisposeScope();
        var count = tensor([(long)numbers.Count], device: CPU);
        Broadcast([count]);
        if (count.item<long>() == 0)
            return [];
        var all = Rank == 0 ? tensor(numbers.ToArray(), device: CPU) : zeros(count.item<long>(), dtype: int64, device: CPU);
        Broadcast([all]);
        return all.data<long>().ToArray();
    }

    /// <summary>Whether something holds in any process; all learn it.</summary>
    bool Any(bool holds)
    {
        if (Size == 1)
            return holds;
        using var told = tensor([holds ? 1f : 0f], device: CPU);
        Average([told]);
        return told.item<float>() > 0;
    }
}
