using System.Runtime.InteropServices;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>
/// Processes that have a CUDA card each: tensors on the cards travel between these by NCCL, all else as the processes do without it.
/// </summary>
/// <remarks>
/// NCCL works in the order of libtorch's own operations on the card; nothing here waits for it. Averaging begins when the backward pass has
/// ended: TorchSharp tells nobody when a gradient is there, and has no streams beside the one in which it computes.
/// </remarks>
public sealed class NcclCollective : ICollective, IDisposable
{
    private const nint Stream = 0; // the one in which TorchSharp computes
    private readonly ICollective _others;
    private readonly DeviceType _kind;
    private readonly Nccl _nccl;
    private nint _communicator;

    private NcclCollective(ICollective others, DeviceType kind, Nccl nccl, nint communicator) =>
        (_others, _kind, _nccl, _communicator) = (others, kind, nccl, communicator);

    /// <inheritdoc/>
    public int Rank => _others.Rank;

    /// <inheritdoc/>
    public int Size => _others.Size;

    /// <inheritdoc/>
    public int LocalRank => _others.LocalRank;

    /// <summary>Joins processes on their cards; all of them call it.</summary>
    /// <param name="processes">The processes; the caller keeps it.</param>
    /// <param name="device">This process's card.</param>
    /// <returns>To be disposed before the processes leave.</returns>
    /// <exception cref="InputException">NCCL is not installed or too old, or two processes have one card.</exception>
    public static NcclCollective Join(ICollective processes, Device device)
    {
        using var current = new CudaGuard(device.index);
        return Join(processes, device.type, device.ToString(), Nccl.Load());
    }

    internal static NcclCollective Join(ICollective processes, DeviceType kind, string device, Nccl nccl)
    {
        using var scope = NewDisposeScope();
        var id = processes.Rank == 0 ? nccl.NewId() : default;
        var bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref id, 1));
        var shared = tensor(bytes.ToArray(), dtype: uint8, device: CPU);
        processes.Broadcast([shared]);
        shared.data<byte>().CopyTo(bytes);
        return new(processes, kind, nccl, nccl.Join(processes.Size, id, processes.Rank, device));
    }

    /// <inheritdoc/>
    public void Average(IReadOnlyList<Tensor> tensors)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        if (tensors.Where(tensor => tensor.device_type != _kind).ToList() is { Count: > 0 } others)
            _others.Average(others);
        foreach (var place in tensors.Where(tensor => tensor.device_type == _kind).GroupBy(tensor => tensor.device_index))
        {
            var buckets = TensorBucket.Of([.. place]).Select(bucket => (Bucket: bucket, Flat: bucket.Pack(place.First().device))).ToList();
            if (buckets.Count > 0)
                Together(() =>
                    buckets.ForEach(pair =>
                        _nccl.Average(
                            pair.Flat.Address(),
                            pair.Flat.numel(),
                            pair.Flat.dtype == float64 ? Nccl.Double : Nccl.Float,
                            _communicator,
                            Stream
                        )
                    )
                );
            buckets.ForEach(pair => pair.Bucket.Unpack(pair.Flat));
        }
    }

    /// <inheritdoc/>
    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        if (tensors.Where(tensor => tensor.device_type != _kind).ToList() is { Count: > 0 } others)
            _others.Broadcast(others);
        var own = tensors
            .Where(tensor => tensor.device_type == _kind)
            .Select(tensor => (Tensor: tensor, Plain: tensor.detach().contiguous()))
            .ToList();
        if (own.Count == 0)
            return;
        Together(() =>
            own.ForEach(pair =>
                _nccl.Broadcast(pair.Plain.Address(), pair.Plain.numel() * pair.Plain.dtype.ElementSize(), _communicator, Stream)
            )
        );
        foreach (var (tensor, plain) in own.Where(pair => !pair.Tensor.is_contiguous()))
            tensor.copy_(plain);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Gather(string text) => _others.Gather(text);

    /// <inheritdoc/>
    public void Barrier() => _others.Barrier();

    /// <summary>Leaves the other cards; all processes do.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _communicator, 0) is var left and not 0)
            _nccl.Leave(left);
    }

    /// <summary>One launch for all of them; where one cannot be started, the communicator ends, so that no process waits in it.</summary>
    private void Together(Action operations)
    {
        ObjectDisposedException.ThrowIf(_communicator == 0, this);
        try
        {
            _nccl.Begin();
            operations();
            _nccl.End();
        }
        catch
        {
            _nccl.Abort(Interlocked.Exchange(ref _communicator, 0));
            throw;
        }
    }
}
