using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>The way back through <see cref="GroupNormKernel"/>: two passes, and only the image is kept from the way forward.</summary>
/// <remarks>
/// libtorch's own way back through a channels-last image of 128 x 128 pixels takes twenty times as long. With x the image,
/// n = (x - mean) inverse, z = w n + b and y = z or silu(z): dL/db = sum dz, dL/dw = sum dz n, and for a group of m values
/// dL/dx = inverse (w dz - (sum w dz) / m - n (sum w dz n) / m).
/// </remarks>
internal static unsafe class GroupNormGradient
{
    private const int RowsAtOnce = 128,
        Parts = 4;

    private struct Work
    {
        public float* Input,
            Given,
            Output,
            Scale,
            Shift,
            Slope,
            Offset; // [B, h, w, C] three times, [B, C] four times
        public double* Sums; // [B, Parts, 2, C]: of dz, of dz x
        public long Pixels,
            Channels;
        public bool Silu;
    }

    /// <param name="image">[B, C, h, w] channels last, as it was normalised.</param>
    /// <param name="given">[B, C, h, w] channels last: gradient of the output.</param>
    /// <param name="groups">Groups that share mean and variance.</param>
    /// <param name="weight">[C]</param>
    /// <param name="bias">[C]</param>
    /// <param name="moments">[B, groups, 2] as <see cref="GroupNormKernel.Run"/> left them.</param>
    /// <param name="silu">Whether x sigmoid(x) followed.</param>
    /// <returns>Gradients of image [B, C, h, w], weight [C] and bias [C].</returns>
    public static (Tensor Image, Tensor Weight, Tensor Bias) Run(
        Tensor image,
        Tensor given,
        long groups,
        Tensor weight,
        Tensor bias,
        Tensor moments,
        bool silu
    )
    {
        var (batch, channels, pixels) = (image.shape[0], image.shape[1], image.shape[2] * image.shape[3]);
        var (gradient, weightGradient, biasGradient) = (empty_like(image), empty_like(weight), empty_like(bias));
        var rows = (float*)NativeMemory.AlignedAlloc((nuint)(4 * batch * channels * sizeof(float)), 64);
        var sums = (double*)NativeMemory.AlignedAlloc((nuint)(batch * Parts * 2 * channels * sizeof(double)), 64);
        try
        {
            var work = new Work
            {
                Input = (float*)LibTorch.DataPointer(image),
                Given = (float*)LibTorch.DataPointer(given),
                Output = (float*)LibTorch.DataPointer(gradient),
                Scale = rows,
                Shift = rows + batch * channels,
                Slope = rows + 2 * batch * channels,
                Offset = rows + 3 * batch * channels,
                Sums = sums,
                Pixels = pixels,
                Channels = channels,
                Silu = silu,
            };
            float* w = (float*)LibTorch.DataPointer(weight),
                b = (float*)LibTorch.DataPointer(bias);
            var known = (double*)LibTorch.DataPointer(moments);
            for (var item = 0; item < batch; item++)
            for (var c = 0; c < channels; c++)
            {
                var moment = known + 2 * (item * groups + c / (channels / groups));
                work.Scale[item * channels + c] = (float)(w[c] * moment[1]);
                work.Shift[item * channels + c] = (float)(b[c] - moment[0] * w[c] * moment[1]);
            }
            NativeParallel.For(batch * Parts, 1, &Sum, ref work);
            Combine(
                work,
                batch,
                groups,
                w,
                known,
                (float*)LibTorch.DataPointer(weightGradient),
                (float*)LibTorch.DataPointer(biasGradient)
            );
            NativeParallel.For(batch * pixels, 32768 / channels, &Apply, ref work);
        }
        finally
        {
            NativeMemory.AlignedFree(rows);
            NativeMemory.AlignedFree(sums);
        }
        GC.KeepAlive(image);
        GC.KeepAlive(given);
        return (gradient, weightGradient, biasGradient);
    }

    /// <summary>Sums over a part of an image: a few rows in float32, then into float64.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(long begin, long end, Work* work)
    {
        var channels = work->Channels;
        for (var place = begin; place < end; place++)
        {
            var (item, part) = (place / Parts, place % Parts);
            var sums = work->Sums + place * 2 * channels;
            new Span<double>(sums, (int)(2 * channels)).Clear();
            var (first, last) = (
                item * work->Pixels + part * work->Pixels / Parts,
                item * work->Pixels + (part + 1) * work->Pixels / Parts
            );
            for (var rows = first; rows < last; rows += RowsAtOnce)
            {
                var rowsEnd = Math.Min(rows + RowsAtOnce, last);
                for (long c = 0; c < channels; c += GroupNormKernel.Lanes)
                {
                    var (scale, shift) = (
                        Vector512.Load(work->Scale + item * channels + c),
                        Vector512.Load(work->Shift + item * channels + c)
                    );
                    var (sum, products) = (Vector512<float>.Zero, Vector512<float>.Zero);
                    for (var row = rows; row < rowsEnd; row++)
                    {
                        var value = Vector512.Load(work->Input + row * channels + c);
                        var change = Inner(value, Vector512.Load(work->Given + row * channels + c), scale, shift, work->Silu);
                        sum += change;
                        products = Vector512.MultiplyAddEstimate(change, value, products);
                    }
                    GroupNormKernel.Add(sums + c, sum);
                    GroupNormKernel.Add(sums + channels + c, products);
                }
            }
        }
    }

    /// <summary>Parameter gradients, and dL/dx as a linear function of dz and x: scale dz + slope x + offset.</summary>
    private static void Combine(
        Work work,
        long batch,
        long groups,
        float* weight,
        double* moments,
        float* weightGradient,
        float* biasGradient
    )
    {
        var (channels, width) = (work.Channels, work.Channels / groups);
        new Span<float>(weightGradient, (int)channels).Clear();
        new Span<float>(biasGradient, (int)channels).Clear();
        for (var item = 0; item < batch; item++)
        for (var group = 0; group < groups; group++)
        {
            var (mean, inverse) = (moments[2 * (item * groups + group)], moments[2 * (item * groups + group) + 1]);
            double direct = 0,
                along = 0; // sum of w dz and of w dz n
            for (var c = group * width; c < (group + 1) * width; c++)
            {
                double sum = 0,
                    products = 0;
                for (var part = 0; part < Parts; part++)
                {
                    var sums = work.Sums + (item * Parts + part) * 2 * channels;
                    (sum, products) = (sum + sums[c], products + sums[channels + c]);
                }
                var normal = inverse * (products - mean * sum);
                biasGradient[c] += (float)sum;
                weightGradient[c] += (float)normal;
                (direct, along) = (direct + weight[c] * sum, along + weight[c] * normal);
            }
            var count = width * work.Pixels;
            var slope = -inverse * inverse * along / count;
            var offset = -inverse * direct / count - slope * mean;
            for (var c = item * channels + group * width; c < item * channels + (group + 1) * width; c++)
                (work.Slope[c], work.Offset[c]) = ((float)slope, (float)offset);
        }
    }

    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply(long begin, long end, Work* work)
    {
        var channels = work->Channels;
        for (var row = begin; row < end; row++)
        {
            var item = row / work->Pixels * channels;
            for (long c = 0; c < channels; c += GroupNormKernel.Lanes)
            {
                var value = Vector512.Load(work->Input + row * channels + c);
                var scale = Vector512.Load(work->Scale + item + c);
                var change = Inner(
                    value,
                    Vector512.Load(work->Given + row * channels + c),
                    scale,
                    Vector512.Load(work->Shift + item + c),
                    work->Silu
                );
                var shared = Vector512.MultiplyAddEstimate(
                    value,
                    Vector512.Load(work->Slope + item + c),
                    Vector512.Load(work->Offset + item + c)
                );
                Vector512.MultiplyAddEstimate(change, scale, shared).Store(work->Output + row * channels + c);
            }
        }
    }

    /// <summary>dL/dz: the gradient before the SiLU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Inner(
        Vector512<float> value,
        Vector512<float> given,
        Vector512<float> scale,
        Vector512<float> shift,
        bool silu
    )
    {
        if (!silu)
            return given;
        var normed = Vector512.MultiplyAddEstimate(value, scale, shift);
        var gate = Vector512<float>.One / (Vector512<float>.One + Exponential.E(-normed));
        return given * gate * (Vector512<float>.One + normed * (Vector512<float>.One - gate));
    }
}
