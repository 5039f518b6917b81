using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Rounds float32 to integers of 8 bits, in the order in which they lie in memory.</summary>
internal static unsafe class QuantizeKernel
{
    private const int Block = 64;

    private struct Work
    {
        public float* Input;
        public byte* Output;
        public float Inverse,
            Shift;
        public long Count;
    }

    /// <param name="input">Dense, of any layout; values beyond the scale's range take its ends, and what is no number the least.</param>
    /// <param name="scale">The scale.</param>
    /// <returns>uint8 in the same layout.</returns>
    public static Tensor Run(Tensor input, InputScale scale)
    {
        var output = empty_like(input, dtype: uint8);
        var work = new Work
        {
            Input = (float*)LibTorch.DataPointer(input),
            Output = (byte*)LibTorch.DataPointer(output),
            Inverse = 1 / scale.Scale,
            Shift = scale.ZeroPoint + 0.5f,
            Count = input.numel(),
        };
        NativeParallel.For((work.Count + Block - 1) / Block, 256, &Round, ref work);
        GC.KeepAlive(input);
        return output;
    }

    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round(long begin, long end, Work* work)
    {
        float* input = work->Input;
        var (inverse, shift) = (Vector512.Create(work->Inverse), Vector512.Create(work->Shift));
        var whole = Math.Min(end, work->Count / Block);
        for (var block = begin; block < whole; block++)
        {
            var at = block * Block;
            Vector512
                .Narrow(
                    Vector512.Narrow(Integers(input + at, inverse, shift), Integers(input + at + 16, inverse, shift)),
                    Vector512.Narrow(Integers(input + at + 32, inverse, shift), Integers(input + at + 48, inverse, shift))
                )
                .Store(work->Output + at);
        }
        if (end > whole)
            for (var i = whole * Block; i < work->Count; i++)
            {
                var value = input[i] * work->Inverse + work->Shift;
                work->Output[i] = (byte)(value >= 0 ? Math.Min(value, InputScale.Largest) : 0); // also where it is no number
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Integers(float* input, Vector512<float> inverse, Vector512<float> shift)
    {
        var value = Vector512.MultiplyAddEstimate(Vector512.Load(input), inverse, shift);
        value = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(value, Vector512<float>.Zero), value, Vector512<float>.Zero);
        return Vector512.ConvertToInt32(Vector512.Min(value, Vector512.Create((float)InputScale.Largest))).AsUInt32();
    }
}
