using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// Multi-scale deformable attention (Deformable DETR, eq. 3) in one pass forward and one back, where libtorch makes an image of every
/// sample.
/// </summary>
/// <remarks>
/// A head's channels lie side by side, so each of a sample's four corners is one short run of memory. A sample of weight a at fractions (f,
/// g) of corners v00, v01, v10, v11 is a ((1 - g) ((1 - f) v00 + f v01) + g ((1 - f) v10 + f v11)); corners outside their level are zero.
/// </remarks>
internal static unsafe class DeformableKernel
{
    internal const int Lanes = 8;

    private struct Work
    {
        public float* Values,
            Locations,
            Weights; // [B, P, heads, d]; [B, Q, heads, levels, points, 2]; [B, Q, heads, levels, points]
        public float* Output,
            Given; // [B, Q, heads, d] forward; its gradient on the way back
        public float* ValueGradient,
            LocationGradient,
            WeightGradient;
        public long* Sizes; // [levels, 2] height and width
        public long Pixels,
            Queries,
            Heads,
            Depth,
            Levels,
            Points;
    }

    /// <summary>Where a sample's corners begin among the values, -1 outside the level; and its fractions.</summary>
    private struct Corners
    {
        public long V00,
            V01,
            V10,
            V11;
        public float F,
            G;
    }

    /// <summary>
    /// Whether these can be read here: float32, on the CPU, whole vectors of channels a head, and shapes that fit, since nothing checks a
    /// pointer.
    /// </summary>
    public static bool Serves(Tensor values, IReadOnlyList<(long Height, long Width)> sizes, Tensor locations, Tensor weights) =>
        PackedWeight.Supported
        && values.shape[3] % Lanes == 0
        && values.shape[1] == sizes.Sum(size => size.Height * size.Width)
        && weights.dim() == 5
        && weights.shape[0] == values.shape[0]
        && weights.shape[2] == values.shape[2]
        && weights.shape[3] == sizes.Count
        && locations.shape.SequenceEqual([.. weights.shape, 2])
        && new[] { values, locations, weights }.All(tensor =>
            tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous()
        );

    /// <param name="values">[B, P, heads, d]</param>
    /// <param name="sizes">Height and width of every level, one after another.</param>
    /// <param name="locations">[B, Q, heads, levels, points, 2]</param>
    /// <param name="weights">[B, Q, heads, levels, points]</param>
    /// <returns>[B, Q, heads d]</returns>
    public static Tensor Run(Tensor values, long[] sizes, Tensor locations, Tensor weights)
    {
        var output = empty(locations.shape[0], locations.shape[1], values.shape[2] * values.shape[3], dtype: float32, device: CPU);
        fixed (long* pointer = sizes)
        {
            var work = Describe(values, pointer, locations, weights);
            work.Output = (float*)LibTorch.DataPointer(output);
            NativeParallel.For(values.shape[0] * work.Queries, 64, &Read, ref work);
        }
        foreach (var tensor in (Tensor[])[values, locations, weights])
            GC.KeepAlive(tensor);
        return output;
    }

    /// <param name="values">[B, P, heads, d] as in <see cref="Run"/>.</param>
    /// <param name="sizes">Height and width of every level, one after another.</param>
    /// <param name="locations">[B, Q, heads, levels, points, 2]</param>
    /// <param name="weights">[B, Q, heads, levels, points]</param>
    /// <param name="given">[B, Q, heads d] gradient of the output, contiguous.</param>
    /// <returns>Gradients of values, locations and weights.</returns>
    public static (Tensor Values, Tensor Locations, Tensor Weights) Back(
        Tensor values,
        long[] sizes,
        Tensor locations,
        Tensor weights,
        Tensor given
    )
    {
        var (valueGradient, locationGradient, weightGradient) = (zeros_like(values), empty_like(locations), empty_like(weights));
        fixed (long* pointer = sizes)
        {
            var work = Describe(values, pointer, locations, weights);
            work.Given = (float*)LibTorch.DataPointer(given);
            work.ValueGradient = (float*)LibTorch.DataPointer(valueGradient);
            work.LocationGradient = (float*)LibTorch.DataPointer(locationGradient);
            work.WeightGradient = (float*)LibTorch.DataPointer(weightGradient);
            NativeParallel.For(values.shape[0] * work.Heads, 1, &ReadBack, ref work); // queries share pixels, heads do not
        }
        foreach (var tensor in (Tensor[])[values, locations, weights, given])
            GC.KeepAlive(tensor);
        return (valueGradient, locationGradient, weightGradient);
    }

    private static Work Describe(Tensor values, long* sizes, Tensor locations, Tensor weights) =>
        new()
        {
            Values = (float*)LibTorch.DataPointer(values),
            Locations = (float*)LibTorch.DataPointer(locations),
            Weights = (float*)LibTorch.DataPointer(weights),
            Sizes = sizes,
            Pixels = values.shape[1],
            Heads = values.shape[2],
            Depth = values.shape[3],
            Queries = locations.shape[1],
            Levels = locations.shape[3],
            Points = locations.shape[4],
        };

    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(long begin, long end, Work* work)
    {
        for (var query = begin; query < end; query++)
        for (long head = 0; head < work->Heads; head++)
        {
            var row = query * work->Heads + head;
            var output = work->Output + row * work->Depth;
            new Span<float>(output, (int)work->Depth).Clear();
            long first = query / work->Queries * work->Pixels,
                at = row * work->Levels * work->Points;
            for (long level = 0; level < work->Levels; level++)
            {
                for (long point = 0; point < work->Points; point++, at++)
                {
                    var corners = Find(work, at, level, first, head);
                    var weight = work->Weights[at];
                    var (low, high) = (weight * (1 - corners.G), weight * corners.G);
                    Add(output, work->Values, corners.V00, low * (1 - corners.F), work->Depth);
                    Add(output, work->Values, corners.V01, low * corners.F, work->Depth);
                    Add(output, work->Values, corners.V10, high * (1 - corners.F), work->Depth);
                    Add(output, work->Values, corners.V11, high * corners.F, work->Depth);
                }
                first += work->Sizes[2 * level] * work->Sizes[2 * level + 1];
            }
        }
    }

    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadBack(long begin, long end, Work* work)
    {
        for (var place = begin; place < end; place++)
        {
            var (item, head) = (place / work->Heads, place % work->Heads);
            for (var query = item * work->Queries; query < (item + 1) * work->Queries; query++)
            {
                var row = query * work->Heads + head;
                var given = work->Given + row * work->Depth;
                long first = item * work->Pixels,
                    at = row * work->Levels * work->Points;
                for (long level = 0; level < work->Levels; level++)
                {
                    for (long point = 0; point < work->Points; point++, at++)
                    {
                        var corners = Find(work, at, level, first, head);
                        var (f, g, weight) = (corners.F, corners.G, work->Weights[at]);
                        var (low, high) = (weight * (1 - g), weight * g);
                        var d00 = Exchange(work, given, corners.V00, low * (1 - f)); // what the gradient and each corner have in common
                        var d01 = Exchange(work, given, corners.V01, low * f);
                        var d10 = Exchange(work, given, corners.V10, high * (1 - f));
                        var d11 = Exchange(work, given, corners.V11, high * f);
                        work->WeightGradient[at] = (1 - g) * ((1 - f) * d00 + f * d01) + g * ((1 - f) * d10 + f * d11);
                        work->LocationGradient[2 * at] = weight * work->Sizes[2 * level + 1] * ((1 - g) * (d01 - d00) + g * (d11 - d10));
                        work->LocationGradient[2 * at + 1] = weight * work->Sizes[2 * level] * ((1 - f) * (d10 - d00) + f * (d11 - d01));
                    }
                    first += work->Sizes[2 * level] * work->Sizes[2 * level + 1];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Corners Find(Work* work, long at, long level, long first, long head)
    {
        long height = work->Sizes[2 * level],
            width = work->Sizes[2 * level + 1];
        // What is further outside than a pixel reads nothing, wherever it is; a limit keeps it within whole numbers. In float64 no digit of
        // the fractions is lost.
        var x = Math.Clamp((double)work->Locations[2 * at] * width - 0.5, -2, width + 1);
        var y = Math.Clamp((double)work->Locations[2 * at + 1] * height - 0.5, -2, height + 1);
        var (left, top) = (Math.Floor(x), Math.Floor(y));
        var (column, line) = ((long)left, (long)top);
        bool inLeft = column >= 0 && column < width,
            inRight = column >= -1 && column < width - 1;
        bool inTop = line >= 0 && line < height,
            inBottom = line >= -1 && line < height - 1;
        var stride = work->Heads * work->Depth;
        var corner = (first + line * width + column) * stride + head * work->Depth;
        return new()
        {
            V00 = inTop && inLeft ? corner : -1,
            V01 = inTop && inRight ? corner + stride : -1,
            V10 = inBottom && inLeft ? corner + width * stride : -1,
            V11 = inBottom && inRight ? corner + (width + 1) * stride : -1,
            F = (float)(x - left),
            G = (float)(y - top),
        };
    }

    /// <summary>Adds a corner's channels to a sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* sum, float* values, long corner, float factor, long depth)
    {
        if (corner < 0)
            return;
        var factors = Vector256.Create(factor);
        for (long c = 0; c < depth; c += Lanes)
            Vector256.MultiplyAddEstimate(Vector256.Load(values + corner + c), factors, Vector256.Load(sum + c)).Store(sum + c);
    }

    /// <summary>Gives a corner its part of the gradient, and returns the product of the gradient with the corner's own channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Exchange(Work* work, float* given, long corner, float factor)
    {
        if (corner < 0)
            return 0;
        var (factors, products) = (Vector256.Create(factor), Vector256<float>.Zero);
        for (long c = 0; c < work->Depth; c += Lanes)
        {
            var gradient = Vector256.Load(given + c);
            products = Vector256.MultiplyAddEstimate(gradient, Vector256.Load(work->Values + corner + c), products);
            var target = work->ValueGradient + corner + c;
            Vector256.MultiplyAddEstimate(gradient, factors, Vector256.Load(target)).Store(target);
        }
        return Vector256.Sum(products);
    }
}
