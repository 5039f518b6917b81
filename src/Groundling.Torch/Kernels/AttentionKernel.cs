using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// Scaled dot-product attention over long sequences, a block of keys at a time with a running maximum and sum (Milakov and Gimelshein,
/// arXiv 1805.02867; Dao et al., arXiv 2205.14135).
/// </summary>
/// <remarks>
/// libtorch multiplies blocks by a general product that is slow where a head has few channels: at 4096 x 40 two and a half times as slow as
/// this. Only where vectors of 512 bits are fast.
/// </remarks>
internal static unsafe class AttentionKernel
{
    private const int Lanes = 16,
        Width = 4 * Lanes, // keys of a packed block, and channels at once
        Rows = 4, // queries at once
        Queries = 48, // of a piece of work
        Keys = 256; // whose products with those are held
    private const long ShortestSequence = 256;

    private struct Work
    {
        public float* Query,
            Key,
            Value,
            Output,
            PackedKeys, // [heads, blocks, d, 64]
            PackedValues; // [heads, keys, padded d]
        public long QueryItem,
            QueryHead,
            QueryRow,
            KeyItem,
            KeyHead,
            KeyRow,
            ValueItem,
            ValueHead,
            ValueRow,
            Heads,
            QueryCount,
            KeyCount,
            Channels,
            Padded,
            Blocks;
    }

    /// <summary>Whether this serves: no gradient is recorded, float32 on the CPU, long enough, and channels lie together.</summary>
    public static bool Serves(Tensor query, Tensor key, Tensor value) =>
        Vector512.IsHardwareAccelerated
        && PackedWeight.Serves(query)
        && query.shape[2] >= ShortestSequence
        && key.shape[2] >= ShortestSequence
        && new[] { query, key, value }.All(states => states.stride(3) == 1);

    /// <summary>softmax(Q K^T / sqrt(d)) V.</summary>
    /// <param name="query">[B, heads, T, d]</param>
    /// <param name="key">[B, heads, S, d]</param>
    /// <param name="value">[B, heads, S, d]</param>
    /// <returns>[B, heads, T, d]; those of one query lie together.</returns>
    public static Tensor Run(Tensor query, Tensor key, Tensor value)
    {
        using var scope = NewDisposeScope();
        var (batch, heads, queries, channels, keys) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3], key.shape[2]);
        var (blocks, padded) = ((keys + Width - 1) / Width, (channels + Lanes - 1) / Lanes * Lanes);
        var packedKeys = empty([batch * heads, blocks, channels, Width], device: CPU);
        var packedValues = empty([batch * heads, blocks * Width, padded], device: CPU);
        var output = empty([batch, queries, heads, channels], device: CPU);
        var work = new Work
        {
            Query = (float*)LibTorch.DataPointer(query),
            Key = (float*)LibTorch.DataPointer(key),
            Value = (float*)LibTorch.DataPointer(value),
            Output = (float*)LibTorch.DataPointer(output),
            PackedKeys = (float*)LibTorch.DataPointer(packedKeys),
            PackedValues = (float*)LibTorch.DataPointer(packedValues),
            QueryItem = query.stride(0),
            QueryHead = query.stride(1),
            QueryRow = query.stride(2),
            KeyItem = key.stride(0),
            KeyHead = key.stride(1),
            KeyRow = key.stride(2),
            ValueItem = value.stride(0),
            ValueHead = value.stride(1),
            ValueRow = value.stride(2),
            Heads = heads,
            QueryCount = queries,
            KeyCount = keys,
            Channels = channels,
            Padded = padded,
            Blocks = blocks,
        };
        NativeParallel.For(batch * heads * blocks, 8, &Pack, ref work);
        NativeParallel.For(batch * heads * ((queries + Queries - 1) / Queries), 1, &Attend, ref work);
        GC.KeepAlive(query);
        GC.KeepAlive(key);
        GC.KeepAlive(value);
        return output.transpose(1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>A block of keys with keys side by side, and of values with channels up to a whole vector; zeros beyond the last.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(long begin, long end, Work* work)
    {
        for (var place = begin; place < end; place++)
        {
            var (both, block) = Math.DivRem(place, work->Blocks);
            var (item, head) = Math.DivRem(both, work->Heads);
            var keys = work->PackedKeys + place * work->Channels * Width;
            var values = work->PackedValues + place * Width * work->Padded;
            for (long row = 0; row < Width; row++)
            {
                var key = block * Width + row;
                var isThere = key < work->KeyCount;
                var from = work->Key + item * work->KeyItem + head * work->KeyHead + key * work->KeyRow;
                var value = work->Value + item * work->ValueItem + head * work->ValueHead + key * work->ValueRow;
                for (long c = 0; c < work->Channels; c++)
                    keys[c * Width + row] = isThere ? from[c] : 0;
                for (long c = 0; c < work->Padded; c++)
                    values[row * work->Padded + c] = isThere && c < work->Channels ? value[c] : 0;
            }
        }
    }

    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Attend(long begin, long end, Work* work)
    {
        var (channels, padded) = (work->Channels, work->Padded);
        var pieces = (work->QueryCount + Queries - 1) / Queries;
        var memory = (float*)NativeMemory.AlignedAlloc((nuint)((Queries * (channels + padded + 2) + Rows * Keys) * sizeof(float)), 64);
        float* scores = memory, // [4, 256]
            sums = scores + Rows * Keys, // [48, d padded]
            queries = sums + Queries * padded, // [48, d]
            most = queries + Queries * channels, // [48]
            total = most + Queries;
        var scale = 1 / MathF.Sqrt(channels);
        for (var place = begin; place < end; place++)
        {
            var (both, piece) = Math.DivRem(place, pieces);
            var (item, head) = Math.DivRem(both, work->Heads);
            var first = piece * Queries;
            var count = (int)Math.Min(Queries, work->QueryCount - first);
            new Span<float>(sums, (int)(Queries * padded)).Clear();
            new Span<float>(total, Queries).Clear();
            new Span<float>(most, Queries).Fill(float.NegativeInfinity);
            for (var row = 0; row < Queries; row++) // beyond the last one it is that one again
            {
                var from =
                    work->Query + item * work->QueryItem + head * work->QueryHead + (first + Math.Min(row, count - 1)) * work->QueryRow;
                for (long c = 0; c < channels; c++)
                    queries[row * channels + c] = from[c] * scale;
            }
            var keys = work->PackedKeys + both * work->Blocks * channels * Width;
            var values = work->PackedValues + both * work->Blocks * Width * padded;
            for (long key = 0; key < work->KeyCount; key += Keys)
            {
                var there = (int)Math.Min(Keys, work->KeyCount - key);
                var held = (there + Width - 1) / Width * Width;
                for (var row = 0; row < count; row += Rows)
                {
                    for (long block = 0; block < held; block += Width)
                        Multiply<Four>(
                            queries + row * channels,
                            channels,
                            keys + (key + block) * channels,
                            Width,
                            scores + block,
                            Keys,
                            channels,
                            add: false
                        );
                    for (var i = 0; i < Rows; i++)
                        Weigh(scores + i * Keys, there, held, most + row + i, total + row + i, sums + (row + i) * padded, padded);
                    MultiplyAll(scores, values + key * padded, sums + row * padded, padded, held);
                }
            }
            for (var row = 0; row < count; row++)
            {
                var to = work->Output + ((item * work->QueryCount + first + row) * work->Heads + head) * channels;
                var share = 1 / total[row];
                for (long c = 0; c < channels; c++)
                    to[c] = sums[row * padded + c] * share;
            }
        }
        NativeMemory.AlignedFree(memory);
    }

    /// <summary>Scores to weights under the maximum so far; what was summed under an earlier one is made smaller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(float* scores, int there, int held, float* most, float* total, float* sums, long padded)
    {
        for (var i = there; i < held; i++)
            scores[i] = float.NegativeInfinity;
        var largest = Vector512.Load(scores);
        for (var i = Lanes; i < held; i += Lanes)
            largest = Vector512.Max(largest, Vector512.Load(scores + i));
        var half = Vector256.Max(largest.GetLower(), largest.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        var now = MathF.Max(*most, MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3])));
        var shift = Vector512.Create(now);
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < held; i += Lanes)
        {
            var weight = GroupNormKernel.Exp(Vector512.Load(scores + i) - shift);
            weight.Store(scores + i);
            sum += weight;
        }
        for (var i = there; i < held; i++)
            scores[i] = 0; // what they added to the sum, e^-87, is lost in it
        var smaller = MathF.Exp(*most - now);
        (*most, *total) = (now, *total * smaller + Vector512.Sum(sum));
        if (smaller != 1)
            for (long c = 0; c < padded; c += Lanes)
                (Vector512.Load(sums + c) * smaller).Store(sums + c);
    }

    private static void MultiplyAll(float* weights, float* values, float* sums, long padded, int keys)
    {
        long c = 0;
        for (; c + Width <= padded; c += Width)
            Multiply<Four>(weights, Keys, values + c, padded, sums + c, padded, keys, add: true);
        switch ((padded - c) / Lanes)
        {
            case 3:
                Multiply<Three>(weights, Keys, values + c, padded, sums + c, padded, keys, add: true);
                break;
            case 2:
                Multiply<Two>(weights, Keys, values + c, padded, sums + c, padded, keys, add: true);
                break;
            case 1:
                Multiply<One>(weights, Keys, values + c, padded, sums + c, padded, keys, add: true);
                break;
        }
    }

    /// <summary>How many vectors a product is wide; the compiler makes a product of each.</summary>
    private interface IVectors
    {
        static abstract int Count { get; }
    }

    private readonly struct One : IVectors
    {
        public static int Count => 1;
    }

    private readonly struct Two : IVectors
    {
        public static int Count => 2;
    }

    private readonly struct Three : IVectors
    {
        public static int Count => 3;
    }

    private readonly struct Four : IVectors
    {
        public static int Count => 4;
    }

    /// <summary>Four rows of products, whose sums stay in registers: c = a b, or c += a b.</summary>
    /// <param name="a">[4, depth], rows <paramref name="rowA"/> apart.</param>
    /// <param name="rowA">Floats.</param>
    /// <param name="b">[depth, 16 x vectors], rows <paramref name="rowB"/> apart.</param>
    /// <param name="rowB">Floats.</param>
    /// <param name="c">[4, 16 x vectors], rows <paramref name="rowC"/> apart.</param>
    /// <param name="rowC">Floats.</param>
    /// <param name="depth">Numbers that are multiplied for each.</param>
    /// <param name="add">Whether they are added to what is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TVectors>(float* a, long rowA, float* b, long rowB, float* c, long rowC, long depth, bool add)
        where TVectors : struct, IVectors
    {
        Vector512<float> c00 = default,
            c01 = default,
            c02 = default,
            c03 = default,
            c10 = default,
            c11 = default,
            c12 = default,
            c13 = default,
            c20 = default,
            c21 = default,
            c22 = default,
            c23 = default,
            c30 = default,
            c31 = default,
            c32 = default,
            c33 = default;
        float* a1 = a + rowA,
            a2 = a1 + rowA,
            a3 = a2 + rowA;
        for (long k = 0; k < depth; k++, b += rowB)
        {
            var (x0, x1, x2, x3) = (Vector512.Create(a[k]), Vector512.Create(a1[k]), Vector512.Create(a2[k]), Vector512.Create(a3[k]));
            var y = Vector512.Load(b);
            c00 = Vector512.MultiplyAddEstimate(x0, y, c00);
            c10 = Vector512.MultiplyAddEstimate(x1, y, c10);
            c20 = Vector512.MultiplyAddEstimate(x2, y, c20);
            c30 = Vector512.MultiplyAddEstimate(x3, y, c30);
            if (TVectors.Count > 1)
            {
                y = Vector512.Load(b + Lanes);
                c01 = Vector512.MultiplyAddEstimate(x0, y, c01);
                c11 = Vector512.MultiplyAddEstimate(x1, y, c11);
                c21 = Vector512.MultiplyAddEstimate(x2, y, c21);
                c31 = Vector512.MultiplyAddEstimate(x3, y, c31);
            }
            if (TVectors.Count > 2)
            {
                y = Vector512.Load(b + 2 * Lanes);
                c02 = Vector512.MultiplyAddEstimate(x0, y, c02);
                c12 = Vector512.MultiplyAddEstimate(x1, y, c12);
                c22 = Vector512.MultiplyAddEstimate(x2, y, c22);
                c32 = Vector512.MultiplyAddEstimate(x3, y, c32);
            }
            if (TVectors.Count > 3)
            {
                y = Vector512.Load(b + 3 * Lanes);
                c03 = Vector512.MultiplyAddEstimate(x0, y, c03);
                c13 = Vector512.MultiplyAddEstimate(x1, y, c13);
                c23 = Vector512.MultiplyAddEstimate(x2, y, c23);
                c33 = Vector512.MultiplyAddEstimate(x3, y, c33);
            }
        }
        Put<TVectors>(c, c00, c01, c02, c03, add);
        Put<TVectors>(c + rowC, c10, c11, c12, c13, add);
        Put<TVectors>(c + 2 * rowC, c20, c21, c22, c23, add);
        Put<TVectors>(c + 3 * rowC, c30, c31, c32, c33, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TVectors>(
        float* c,
        Vector512<float> sum0,
        Vector512<float> sum1,
        Vector512<float> sum2,
        Vector512<float> sum3,
        bool add
    )
        where TVectors : struct, IVectors
    {
        (add ? sum0 + Vector512.Load(c) : sum0).Store(c);
        if (TVectors.Count > 1)
            (add ? sum1 + Vector512.Load(c + Lanes) : sum1).Store(c + Lanes);
        if (TVectors.Count > 2)
            (add ? sum2 + Vector512.Load(c + 2 * Lanes) : sum2).Store(c + 2 * Lanes);
        if (TVectors.Count > 3)
            (add ? sum3 + Vector512.Load(c + 3 * Lanes) : sum3).Store(c + 3 * Lanes);
    }
}
