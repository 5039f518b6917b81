using System.Buffers;

namespace Groundling.Data;

/// <summary>One example as the network reads it. Its picture's memory is used again after <see cref="Dispose"/>.</summary>
public sealed class BatchSample : IDisposable
{
    private readonly int _length;
    private float[]? _pixels;

    private BatchSample(BenchmarkExample example, Letterbox letterbox, IReadOnlyList<RunLengthMask> masks, IReadOnlyList<RunLengthMask> networkMasks, float[] pixels) =>
        (Example, Letterbox, Masks, NetworkMasks, _pixels, _length) = (example, letterbox, masks, networkMasks, pixels, 3 * letterbox.Height * letterbox.Width);

    /// <summary>The narrative.</summary>
    public BenchmarkExample Example { get; }

    /// <summary>How the picture lies in the input.</summary>
    public Letterbox Letterbox { get; }

    /// <summary>The mask of each phrase at the picture's size.</summary>
    public IReadOnlyList<RunLengthMask> Masks { get; }

    /// <summary>The mask of each phrase on the network's grid divided by <see cref="BatchOptions.MaskDivisor"/>; none where that is 0.</summary>
    public IReadOnlyList<RunLengthMask> NetworkMasks { get; }

    /// <summary>[3, Letterbox.Height, Letterbox.Width] in [-1, 1]; padding is 0.</summary>
    /// <exception cref="ObjectDisposedException">The sample was disposed.</exception>
    public ReadOnlyMemory<float> Pixels => (_pixels ?? throw new ObjectDisposedException(nameof(BatchSample))).AsMemory(0, _length);

    /// <summary>Gives the picture's memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels)
            ArrayPool<float>.Shared.Return(pixels);
    }

    internal static BatchSample? Load(BenchmarkExample example, BatchOptions options, BenchmarkFaults faults)
    {
        if (example.TryLoad(faults) is not var (picture, masks))
            return null;
        var letterbox = Letterbox.Fit(picture.Width, picture.Height, options.Size);
        if (options.Square)
            letterbox = letterbox.Squared();
        RunLengthMask[] networkMasks = options.MaskDivisor == 0 ? [] : [.. masks.Select(mask => letterbox.ToNetwork(mask, options.MaskDivisor))];
        var pixels = ArrayPool<float>.Shared.Rent(checked(3 * letterbox.Height * letterbox.Width));
        letterbox.ToNetwork(picture, pixels.AsSpan(0, 3 * letterbox.Height * letterbox.Width));
        return new BatchSample(example, letterbox, masks, networkMasks, pixels);
    }
}
