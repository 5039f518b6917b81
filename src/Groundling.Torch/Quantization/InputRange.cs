using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Watches a layer's inputs, to choose how they are rounded.</summary>
public sealed class InputRange : ILayerArithmetic
{
    private const int Bins = 2048; // eight for each integer
    private static readonly double[] Shares = [1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3];
    private readonly List<(double Least, double Most, long[] Counts)> _seen = [];

    /// <summary>Whether there was any input.</summary>
    public bool WasUsed => _seen.Count > 0;

    /// <inheritdoc/>
    public Tensor Compute(IQuantizableLayer layer, Tensor input)
    {
        using (NewDisposeScope())
        {
            var values = input.detach().reshape(-1);
            var (least, most) = (values.min().item<float>(), values.max().item<float>());
            if (!float.IsFinite(least) || !float.IsFinite(most))
                throw new InputException("an input of the network is not finite: its weights cannot be quantized");
            _seen.Add((least, most, Count(values, least, most)));
        }
        return layer.Compute(input);
    }

    /// <summary>
    /// The scale with the least mean squared error of the values that were seen, among those that clip none of them, or some at both ends.
    /// </summary>
    public InputScale Choose()
    {
        var (least, most) = (_seen.Min(seen => seen.Least), _seen.Max(seen => seen.Most));
        return Shares.Select(share => InputScale.Of(share * least, share * most)).MinBy(Error);
    }

    /// <inheritdoc/>
    public void Dispose() => _seen.Clear();

    private static unsafe long[] Count(Tensor values, float least, float most)
    {
        var counts = new long[Bins];
        var dense = values.contiguous();
        var all = (float*)LibTorch.DataPointer(dense);
        var perBin = Bins / Math.Max(most - least, float.Epsilon);
        for (long i = 0; i < dense.numel(); i++)
            counts[(int)Math.Min((all[i] - least) * perBin, Bins - 1)]++;
        GC.KeepAlive(dense);
        return counts;
    }

    private double Error(InputScale scale)
    {
        double sum = 0;
        foreach (var (least, most, counts) in _seen)
        foreach (var (bin, count) in counts.Index())
        {
            var value = least + (most - least) * (bin + 0.5) / Bins;
            var difference = scale.Rounded(value) - value;
            sum += count * difference * difference;
        }
        return sum;
    }
}
