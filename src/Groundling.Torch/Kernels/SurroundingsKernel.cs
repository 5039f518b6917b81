using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Weighted sums of what lies around each pixel in one pass, where libtorch makes a plane of every neighbour.</summary>
internal static unsafe class SurroundingsKernel
{
    private const int Lanes = 8,
        Together = 4; // vectors that are summed side by side, so that none waits for its last sum

    private struct Work
    {
        public float* Padded,
            Weights,
            Output; // [N, h + 2 m, w + 2 m]; [K, h, w]; [N, h, w]
        public long* Places; // [K] where each neighbour lies from a pixel, in numbers of a padded plane
        public long Planes,
            Height,
            Width,
            Margin,
            Neighbours;
    }

    /// <summary>Whether these can be read here: float32, on the CPU, whole vectors a row.</summary>
    public static bool Serves(Tensor planes, Tensor weights) =>
        PackedWeight.Supported
        && !is_grad_enabled()
        && planes.shape[^1] % Lanes == 0
        && weights.is_contiguous()
        && new[] { planes, weights }.All(tensor => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU);

    /// <param name="padded">[N, h + 2 m, w + 2 m]</param>
    /// <param name="weights">[K, h, w]</param>
    /// <param name="offsets">K neighbours, at most m pixels away.</param>
    /// <param name="margin">m</param>
    /// <returns>[N, h, w]</returns>
    public static Tensor Run(Tensor padded, Tensor weights, IReadOnlyList<(int Down, int Right)> offsets, int margin)
    {
        var (height, width) = (weights.shape[1], weights.shape[2]);
        var output = empty(padded.shape[0], height, width, dtype: float32, device: CPU);
        long[] places = [.. offsets.Select(offset => (margin + offset.Down) * (width + 2 * margin) + margin + offset.Right)];
        fixed (long* pointer = places)
        {
            var work = new Work
            {
                Padded = (float*)LibTorch.DataPointer(padded),
                Weights = (float*)LibTorch.DataPointer(weights),
                Output = (float*)LibTorch.DataPointer(output),
                Places = pointer,
                Planes = padded.shape[0],
                Height = height,
                Width = width,
                Margin = margin,
                Neighbours = places.Length,
            };
            NativeParallel.For(height, 1, &Sum, ref work); // a row of weights serves all planes while it is near
        }
        GC.KeepAlive(padded);
        GC.KeepAlive(weights);
        return output;
    }

    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(long begin, long end, Work* work)
    {
        long rowLength = work->Width + 2 * work->Margin,
            plane = (work->Height + 2 * work->Margin) * rowLength;
        for (var row = begin; row < end; row++)
        for (long n = 0; n < work->Planes; n++)
        {
            var source = work->Padded + n * plane + row * rowLength;
            var output = work->Output + (n * work->Height + row) * work->Width;
            long x = 0;
            for (; x + Together * Lanes <= work->Width; x += Together * Lanes)
            {
                Vector256<float> a = default,
                    b = default,
                    c = default,
                    d = default;
                for (long k = 0; k < work->Neighbours; k++)
                {
                    var near = source + work->Places[k] + x;
                    var weight = work->Weights + (k * work->Height + row) * work->Width + x;
                    a = Added(a, near, weight);
                    b = Added(b, near + Lanes, weight + Lanes);
                    c = Added(c, near + 2 * Lanes, weight + 2 * Lanes);
                    d = Added(d, near + 3 * Lanes, weight + 3 * Lanes);
                }
                a.Store(output + x);
                b.Store(output + x + Lanes);
                c.Store(output + x + 2 * Lanes);
                d.Store(output + x + 3 * Lanes);
            }
            for (; x < work->Width; x += Lanes)
            {
                var sum = Vector256<float>.Zero;
                for (long k = 0; k < work->Neighbours; k++)
                    sum = Added(sum, source + work->Places[k] + x, work->Weights + (k * work->Height + row) * work->Width + x);
                sum.Store(output + x);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Added(Vector256<float> sum, float* near, float* weight) =>
        Vector256.MultiplyAddEstimate(Vector256.Load(near), Vector256.Load(weight), sum);
}
