using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Group normalisation and SiLU in two passes over a channels-last image, where libtorch makes four.</summary>
/// <remarks>These images are larger than the caches: reading and writing them is what takes the time.</remarks>
internal static unsafe class GroupNormKernel
{
    internal const int Lanes = 16;
    private const int RowsAtOnce = 128,
        Parts = 16;

    private struct Work
    {
        public float* Input,
            Output,
            Scale,
            Shift;
        public double* Sums; // [Parts, 2, C]: of the values, of their squares
        public long Pixels,
            Channels;
        public bool Silu;
    }

    /// <summary>Whether an image can be normalised here: float32, on the CPU, channels last.</summary>
    public static bool Serves(Tensor image) =>
        PackedWeight.Supported
        && image.dtype == ScalarType.Float32
        && image.device_type == DeviceType.CPU
        && image.shape[1] % Lanes == 0
        && image.stride(1) == 1
        && image.stride(3) == image.shape[1]
        && image.stride(2) == image.shape[1] * image.shape[3]
        && image.stride(0) == image.shape[1] * image.shape[2] * image.shape[3];

    /// <param name="image">[B, C, h, w] channels last.</param>
    /// <param name="groups">Groups that share mean and variance.</param>
    /// <param name="weight">[C]</param>
    /// <param name="bias">[C]</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="silu">Whether x sigmoid(x) follows.</param>
    /// <param name="moments">[B, groups, 2] float64 to be filled with each group's mean and inverse deviation, or null.</param>
    /// <returns>[B, C, h, w] channels last.</returns>
    public static Tensor Run(Tensor image, long groups, Tensor weight, Tensor bias, double epsilon, bool silu, Tensor? moments = null)
    {
        var (batch, channels, pixels) = (image.shape[0], image.shape[1], image.shape[2] * image.shape[3]);
        var output = empty_like(image);
        var buffer = (double*)NativeMemory.AlignedAlloc((nuint)((Parts * 2 + 1) * channels * sizeof(double)), 64);
        try
        {
            var scale = (float*)(buffer + Parts * 2 * channels);
            var work = new Work
            {
                Sums = buffer,
                Scale = scale,
                Shift = scale + channels,
                Pixels = pixels,
                Channels = channels,
                Silu = silu,
            };
            for (var item = 0; item < batch; item++)
            {
                work.Input = (float*)LibTorch.DataPointer(image) + item * channels * pixels;
                work.Output = (float*)LibTorch.DataPointer(output) + item * channels * pixels;
                NativeParallel.For(Parts, 1, &Sum, ref work);
                var kept = moments is null ? null : (double*)LibTorch.DataPointer(moments) + 2 * groups * item;
                Combine(work, groups, (float*)LibTorch.DataPointer(weight), (float*)LibTorch.DataPointer(bias), epsilon, kept);
                NativeParallel.For(pixels, 32768 / channels, &Apply, ref work);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
        GC.KeepAlive(image);
        return output;
    }

    /// <summary>Sums over a part of the pixels: a few rows in float32, then into float64, so that large images lose nothing.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(long begin, long end, Work* work)
    {
        var channels = work->Channels;
        for (var part = begin; part < end; part++)
        {
            var sums = work->Sums + part * 2 * channels;
            new Span<double>(sums, (int)(2 * channels)).Clear();
            var (first, last) = (part * work->Pixels / Parts, (part + 1) * work->Pixels / Parts);
            for (var rows = first; rows < last; rows += RowsAtOnce)
            {
                var rowsEnd = Math.Min(rows + RowsAtOnce, last);
                for (long c = 0; c < channels; c += Lanes)
                {
                    var (sum, squares) = (Vector512<float>.Zero, Vector512<float>.Zero);
                    for (var row = rows; row < rowsEnd; row++)
                    {
                        var value = Vector512.Load(work->Input + row * channels + c);
                        sum += value;
                        squares = Vector512.MultiplyAddEstimate(value, value, squares);
                    }
                    Add(sums + c, sum);
                    Add(sums + channels + c, squares);
                }
            }
        }
    }

    private static void Combine(Work work, long groups, float* weight, float* bias, double epsilon, double* moments)
    {
        var width = work.Channels / groups;
        for (var group = 0; group < groups; group++)
        {
            double sum = 0,
                squares = 0;
            for (var part = 0; part < Parts; part++)
            {
                var sums = work.Sums + part * 2 * work.Channels;
                for (var c = group * width; c < (group + 1) * width; c++)
                    (sum, squares) = (sum + sums[c], squares + sums[work.Channels + c]);
            }
            var mean = sum / (width * work.Pixels);
            var inverse = 1 / Math.Sqrt(Math.Max(squares / (width * work.Pixels) - mean * mean, 0) + epsilon);
            if (moments is not null)
                (moments[2 * group], moments[2 * group + 1]) = (mean, inverse);
            for (var c = group * width; c < (group + 1) * width; c++)
            {
                work.Scale[c] = (float)(weight[c] * inverse);
                work.Shift[c] = (float)(bias[c] - mean * weight[c] * inverse);
            }
        }
    }

    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Apply(long begin, long end, Work* work)
    {
        var channels = work->Channels;
        for (var row = begin; row < end; row++)
        {
            float* input = work->Input + row * channels,
                output = work->Output + row * channels;
            for (long c = 0; c < channels; c += Lanes)
            {
                var value = Vector512.MultiplyAddEstimate(
                    Vector512.Load(input + c),
                    Vector512.Load(work->Scale + c),
                    Vector512.Load(work->Shift + c)
                );
                if (work->Silu)
                    value /= Vector512<float>.One + Exponential.E(-value);
                value.Store(output + c);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(double* sums, Vector512<float> values)
    {
        (Vector512.Load(sums) + Vector512.WidenLower(values)).Store(sums);
        (Vector512.Load(sums + Lanes / 2) + Vector512.WidenUpper(values)).Store(sums + Lanes / 2);
    }
}
