using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>Tensors that travel as one: few large messages are faster than many small ones.</summary>
internal sealed class TensorBucket
{
    /// <summary>Bytes of a bucket at most.</summary>
    public const long LargestBytes = 25 << 20;

    private readonly List<Tensor> _tensors = [];
    private readonly ScalarType _type;

    private TensorBucket(ScalarType type) => _type = type;

    /// <summary>
    /// Buckets of at most 25 MB, a larger tensor alone, the last tensors first: a backward pass has their gradients first.
    /// </summary>
    /// <param name="tensors">Floating-point tensors; float64 travels as it is, the others as float32.</param>
    public static IReadOnlyList<TensorBucket> Of(IReadOnlyList<Tensor> tensors)
    {
        var buckets = new List<TensorBucket>();
        long bytes = 0;
        foreach (var tensor in tensors.Reverse())
        {
            var type = tensor.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
            var size = tensor.numel() * type.ElementSize();
            if (buckets.Count == 0 || buckets[^1]._type != type || bytes + size > LargestBytes)
            {
                buckets.Add(new(type));
                bytes = 0;
            }
            buckets[^1]._tensors.Add(tensor);
            bytes += size;
        }
        return buckets;
    }

    /// <summary>All numbers in one vector; the tensor's own memory where there is one, of this kind and place.</summary>
    /// <param name="device">Where the vector is wanted.</param>
    public Tensor Pack(Device device)
    {
        using var scope = NewDisposeScope();
        if (IsInPlace(device))
            return _tensors[0].detach().view(-1).MoveToOuterDisposeScope();
        var parts = _tensors.Select(tensor => tensor.detach().to(_type).flatten()).ToArray();
        return cat(parts).to(device).MoveToOuterDisposeScope();
    }

    /// <summary>Writes the numbers back into their tensors.</summary>
    public void Unpack(Tensor flat)
    {
        if (IsInPlace(flat.device))
            return;
        using var scope = NewDisposeScope();
        long first = 0;
        foreach (var tensor in _tensors)
        {
            tensor.copy_(flat.narrow(0, first, tensor.numel()).view(tensor.shape));
            first += tensor.numel();
        }
    }

    private bool IsInPlace(Device device) => _tensors is [var only] && only.dtype == _type && only.IsOn(device) && only.is_contiguous();
}
