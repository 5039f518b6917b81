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
        Width = MatrixKernel.Width, // keys of a packed block
        Rows = MatrixKernel.Rows, // queries at once
        Queries = 48, // of a piece of work
        Keys = 128; // whose products with those are held: 24 KB
    private const long ShortestSequence = 256;

    private struct Work
    {
        public AttentionStates Query,
            Key,
            Value;
        public float* Output,
            PackedKeys, // [heads, blocks, d, 64]
            PackedValues, // [heads, keys, padded d]
            Normalizers; // [B, heads, T], or null
        public long Heads,
            QueryCount,
            KeyCount,
            Channels,
            Padded,
            Blocks;
    }

    /// <summary>Whether this serves: float32 on the CPU, long enough, and channels lie together.</summary>
    public static bool Serves(Tensor query, Tensor key, Tensor value) =>
        Vector512.IsHardwareAccelerated
        && PackedWeight.Multiplies(query)
        && query.shape[2] >= ShortestSequence
        && key.shape[2] >= ShortestSequence
        && new[] { query, key, value }.All(states => states.stride(3) == 1);

    /// <summary>softmax(Q K^T / sqrt(d)) V.</summary>
    /// <param name="query">[B, heads, T, d]</param>
    /// <param name="key">[B, heads, S, d]</param>
    /// <param name="value">[B, heads, S, d]</param>
    /// <param name="normalizers">
    /// [B, heads, T], filled with the logarithms of the softmax's denominators; null where nobody needs them.
    /// </param>
    /// <returns>[B, heads, T, d]; those of one query lie together.</returns>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, Tensor? normalizers = null)
    {
        using var scope = NewDisposeScope();
        var (batch, heads, queries, channels, keys) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3], key.shape[2]);
        var (blocks, padded) = ((keys + Width - 1) / Width, (channels + Lanes - 1) / Lanes * Lanes);
        var packedKeys = empty([batch * heads, blocks, channels, Width], device: CPU);
        var packedValues = empty([batch * heads, blocks * Width, padded], device: CPU);
        var output = empty([batch, queries, heads, channels], device: CPU);
        var work = new Work
        {
            Query = AttentionStates.Of(query),
            Key = AttentionStates.Of(key),
            Value = AttentionStates.Of(value),
            Output = (float*)LibTorch.DataPointer(output),
            PackedKeys = (float*)LibTorch.DataPointer(packedKeys),
            PackedValues = (float*)LibTorch.DataPointer(packedValues),
            Normalizers = normalizers is null ? null : (float*)LibTorch.DataPointer(normalizers),
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
                var from = work->Key[item, head, key];
                var value = work->Value[item, head, key];
                for (long c = 0; c < work->Channels; c++)
                    keys[c * Width + row] = isThere ? from[c] : 0;
                var packed = new Span<float>(values + row * work->Padded, (int)work->Padded);
                var there = isThere ? (int)work->Channels : 0;
                new ReadOnlySpan<float>(value, there).CopyTo(packed);
                packed[there..].Clear();
            }
        }
    }

    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Attend(long begin, long end, Work* work)
    {
        var (channels, padded) = (work->Channels, work->Padded);
        var pieces = (work->QueryCount + Queries - 1) / Queries;
        var memory = (float*)NativeMemory.AlignedAlloc((nuint)(Queries * (channels + padded + Keys + 2) * sizeof(float)), 64);
        float* scores = memory, // [48, 128]
            sums = scores + Queries * Keys, // [48, d padded]
            queries = sums + Queries * padded, // [48, d]
            most = queries + Queries * channels, // [48]
            total = most + Queries;
        var scale = MathF.Log2(MathF.E) / MathF.Sqrt(channels); // scores are exponents of two
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
                Scale(work->Query[item, head, first + Math.Min(row, count - 1)], scale, queries + row * channels, channels);
            var keys = work->PackedKeys + both * work->Blocks * channels * Width;
            var values = work->PackedValues + both * work->Blocks * Width * padded;
            for (long key = 0; key < work->KeyCount; key += Keys)
            {
                var there = (int)Math.Min(Keys, work->KeyCount - key);
                var held = (there + Width - 1) / Width * Width;
                // a block of keys, and of values, stays in the nearest cache while all queries read it
                for (long block = 0; block < held; block += Width)
                for (var row = 0; row < count; row += Rows)
                    MatrixKernel.Multiply<MatrixKernel.Four>(
                        queries + row * channels,
                        channels,
                        keys + (key + block) * channels,
                        Width,
                        scores + row * Keys + block,
                        Keys,
                        channels,
                        add: false
                    );
                for (var row = 0; row < (count + Rows - 1) / Rows * Rows; row++)
                    Weigh(scores + row * Keys, there, held, most + row, total + row, sums + row * padded, padded);
                for (long block = 0; block < held; block += Width)
                for (var row = 0; row < count; row += Rows)
                    MatrixKernel.Multiply(
                        scores + row * Keys + block,
                        Keys,
                        values + (key + block) * padded,
                        padded,
                        sums + row * padded,
                        padded,
                        Width,
                        padded,
                        add: true
                    );
            }
            for (var row = 0; row < count; row++)
            {
                var to = work->Output + ((item * work->QueryCount + first + row) * work->Heads + head) * channels;
                Scale(sums + row * padded, 1 / total[row], to, channels);
                if (work->Normalizers is not null)
                    work->Normalizers[both * work->QueryCount + first + row] = (most[row] + MathF.Log2(total[row])) / MathF.Log2(MathF.E);
            }
        }
        NativeMemory.AlignedFree(memory);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(float* from, float scale, float* to, long count)
    {
        long i = 0;
        for (; i + Lanes <= count; i += Lanes)
            (Vector512.Load(from + i) * scale).Store(to + i);
        for (; i < count; i++)
            to[i] = from[i] * scale;
    }

    /// <summary>Scores to weights under the maximum so far; what was summed under an earlier one is made smaller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(float* scores, int there, int held, float* most, float* total, float* sums, long padded)
    {
        for (var i = there; i < held; i++)
            scores[i] = float.NegativeInfinity;
        float now = Largest(scores, held, *most),
            smaller = now == *most ? 1 : float.Exp2(*most - now);
        var shift = Vector512.Create(now);
        var (sum, other) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var end = scores + held; scores < end; scores += 2 * Lanes)
        {
            var (first, second) = (
                Exponential.OfTwo(Vector512.Load(scores) - shift),
                Exponential.OfTwo(Vector512.Load(scores + Lanes) - shift)
            );
            first.Store(scores);
            second.Store(scores + Lanes);
            (sum, other) = (sum + first, other + second);
        }
        for (var i = there - held; i < 0; i++)
            scores[i] = 0; // what they added to the sum, 2^-126, is lost in it
        (*most, *total) = (now, *total * smaller + Vector512.Sum(sum + other));
        if (smaller != 1)
            for (long c = 0; c < padded; c += Lanes)
                (Vector512.Load(sums + c) * smaller).Store(sums + c);
    }

    /// <summary>The largest of whole blocks of scores and of a number; of what is no number any.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Largest(float* scores, int count, float number)
    {
        var (largest, other) = (Vector512.Load(scores), Vector512.Load(scores + Lanes));
        for (var i = 2 * Lanes; i < count; i += 2 * Lanes)
            (largest, other) = (
                Vector512.MaxNative(largest, Vector512.Load(scores + i)),
                Vector512.MaxNative(other, Vector512.Load(scores + i + Lanes))
            );
        largest = Vector512.MaxNative(largest, other);
        var half = Vector256.MaxNative(largest.GetLower(), largest.GetUpper());
        var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Vector128
            .MaxNative(Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2))), Vector128.Create(number))
            .ToScalar();
    }
}
