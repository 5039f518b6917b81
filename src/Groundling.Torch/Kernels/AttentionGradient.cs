using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// The way back through <see cref="AttentionKernel"/>, a square of keys and queries at a time; the weights are computed again from the
/// softmax's denominators (Dao et al., arXiv 2205.14135, appendix B.4; Dao, arXiv 2307.08691, algorithm 2).
/// </summary>
/// <remarks>
/// With S = Q K^T / sqrt(d), L the logarithms of the denominators, P = exp(S - L), O = P V, G the gradient of O and D the sums of G O over
/// channels: dV = P^T G, dS = P (G V^T - D), dQ = dS K / sqrt(d), dK = dS^T Q / sqrt(d). Keys are dealt into parts, whose shares of dQ are
/// added in their order: the same bytes on any number of threads.
/// </remarks>
internal static unsafe class AttentionGradient
{
    private const int Lanes = 16,
        Side = MatrixKernel.Width, // queries and keys of a square
        Rows = MatrixKernel.Rows,
        Pieces = 32; // of work, at least, where there are so many squares

    private struct Work
    {
        public AttentionStates Query,
            Key,
            Value,
            Output,
            Given,
            QueryGradient,
            KeyGradient,
            ValueGradient;
        public float* Normalizers; // [B, heads, T]
        public float* Queries, // rows of whole vectors, zeros beyond the last of them: [B heads, squares 64, padded d]
            Givens,
            Keys,
            Values;
        public float* TurnedQueries, // [B heads, squares, d, 64]
            TurnedGivens;
        public float* Denominators, // [B heads, squares 64]
            Shares; // D, as long
        public float* Partial; // [B heads, parts, squares 64, padded d]: dQ of a part's keys
        public long Heads,
            QueryCount,
            KeyCount,
            Channels,
            Padded,
            QuerySquares,
            KeySquares,
            Parts;
    }

    /// <param name="query">[B, heads, T, d]; channels of this and the others lie together.</param>
    /// <param name="key">[B, heads, S, d]</param>
    /// <param name="value">[B, heads, S, d]</param>
    /// <param name="output">[B, heads, T, d] as <see cref="AttentionKernel.Run"/> left it.</param>
    /// <param name="normalizers">[B, heads, T] as it left them.</param>
    /// <param name="given">[B, heads, T, d]: gradient of the output.</param>
    /// <returns>Gradients of query, key and value, in their shapes; those of one query or key lie together.</returns>
    public static (Tensor Query, Tensor Key, Tensor Value) Run(
        Tensor query,
        Tensor key,
        Tensor value,
        Tensor output,
        Tensor normalizers,
        Tensor given
    )
    {
        using var scope = NewDisposeScope();
        var (batch, heads, queries, channels, keys) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3], key.shape[2]);
        var (querySquares, keySquares) = ((queries + Side - 1) / Side, (keys + Side - 1) / Side);
        var padded = (channels + Lanes - 1) / Lanes * Lanes;
        var all = batch * heads;
        var parts = Math.Clamp((Pieces + all - 1) / all, 1, keySquares);
        Tensor Memory(params long[] shape) => empty(shape, device: CPU);
        var queryRows = Memory(all, querySquares * Side, padded);
        var givenRows = Memory(all, querySquares * Side, padded);
        var keyRows = Memory(all, keySquares * Side, padded);
        var valueRows = Memory(all, keySquares * Side, padded);
        var turnedQueries = Memory(all, querySquares, channels, Side);
        var turnedGivens = Memory(all, querySquares, channels, Side);
        var denominators = Memory(all, querySquares * Side);
        var shares = Memory(all, querySquares * Side);
        var partial = zeros([all, parts, querySquares * Side, padded], device: CPU);
        var gradients = (
            Query: Memory(batch, queries, heads, channels).transpose(1, 2),
            Key: Memory(batch, keys, heads, channels).transpose(1, 2),
            Value: Memory(batch, keys, heads, channels).transpose(1, 2)
        );
        var work = new Work
        {
            Query = AttentionStates.Of(query),
            Key = AttentionStates.Of(key),
            Value = AttentionStates.Of(value),
            Output = AttentionStates.Of(output),
            Given = AttentionStates.Of(given),
            QueryGradient = AttentionStates.Of(gradients.Query),
            KeyGradient = AttentionStates.Of(gradients.Key),
            ValueGradient = AttentionStates.Of(gradients.Value),
            Normalizers = (float*)LibTorch.DataPointer(normalizers),
            Queries = (float*)LibTorch.DataPointer(queryRows),
            Givens = (float*)LibTorch.DataPointer(givenRows),
            Keys = (float*)LibTorch.DataPointer(keyRows),
            Values = (float*)LibTorch.DataPointer(valueRows),
            TurnedQueries = (float*)LibTorch.DataPointer(turnedQueries),
            TurnedGivens = (float*)LibTorch.DataPointer(turnedGivens),
            Denominators = (float*)LibTorch.DataPointer(denominators),
            Shares = (float*)LibTorch.DataPointer(shares),
            Partial = (float*)LibTorch.DataPointer(partial),
            Heads = heads,
            QueryCount = queries,
            KeyCount = keys,
            Channels = channels,
            Padded = padded,
            QuerySquares = querySquares,
            KeySquares = keySquares,
            Parts = parts,
        };
        NativeParallel.For(all * querySquares, 4, &PackQueries, ref work);
        NativeParallel.For(all * keySquares, 4, &PackKeys, ref work);
        NativeParallel.For(all * parts, 1, &BringBack, ref work);
        NativeParallel.For(all * querySquares, 4, &AddParts, ref work);
        foreach (var states in new[] { query, key, value, output, normalizers, given })
            GC.KeepAlive(states);
        return (
            gradients.Query.MoveToOuterDisposeScope(),
            gradients.Key.MoveToOuterDisposeScope(),
            gradients.Value.MoveToOuterDisposeScope()
        );
    }

    /// <summary>A square's queries over sqrt(d) and gradients, as rows and turned, and what their weights need.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackQueries(long begin, long end, Work* work)
    {
        var (channels, padded) = (work->Channels, work->Padded);
        var scale = 1 / MathF.Sqrt(channels);
        for (var place = begin; place < end; place++)
        {
            var (both, square) = Math.DivRem(place, work->QuerySquares);
            var (item, head) = Math.DivRem(both, work->Heads);
            float* queries = work->Queries + place * Side * padded,
                givens = work->Givens + place * Side * padded,
                turnedQueries = work->TurnedQueries + place * Side * channels,
                turnedGivens = work->TurnedGivens + place * Side * channels;
            for (long row = 0; row < Side; row++)
            {
                var index = square * Side + row;
                var isThere = index < work->QueryCount;
                float* query = work->Query[item, head, index],
                    given = work->Given[item, head, index],
                    output = work->Output[item, head, index];
                var sum = 0f;
                for (long c = 0; c < channels; c++)
                {
                    var (q, g) = isThere ? (query[c] * scale, given[c]) : (0, 0);
                    sum += isThere ? g * output[c] : 0;
                    queries[row * padded + c] = turnedQueries[c * Side + row] = q;
                    givens[row * padded + c] = turnedGivens[c * Side + row] = g;
                }
                for (var c = channels; c < padded; c++)
                    queries[row * padded + c] = givens[row * padded + c] = 0;
                work->Shares[place * Side + row] = sum;
                work->Denominators[place * Side + row] = isThere ? work->Normalizers[both * work->QueryCount + index] : 0;
            }
        }
    }

    /// <summary>A square's keys and values as rows.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackKeys(long begin, long end, Work* work)
    {
        var (channels, padded) = (work->Channels, work->Padded);
        for (var place = begin; place < end; place++)
        {
            var (both, square) = Math.DivRem(place, work->KeySquares);
            var (item, head) = Math.DivRem(both, work->Heads);
            for (long row = 0; row < Side; row++)
            {
                var index = square * Side + row;
                float* key = work->Key[item, head, index],
                    value = work->Value[item, head, index],
                    keys = work->Keys + (place * Side + row) * padded,
                    values = work->Values + (place * Side + row) * padded;
                var there = index < work->KeyCount ? channels : 0;
                for (long c = 0; c < padded; c++)
                    (keys[c], values[c]) = c < there ? (key[c], value[c]) : (0, 0);
            }
        }
    }

    /// <summary>A part of the keys: their gradients, and those of all queries as far as they come from these keys.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BringBack(long begin, long end, Work* work)
    {
        var (channels, padded) = (work->Channels, work->Padded);
        var memory = (float*)NativeMemory.AlignedAlloc((nuint)(2 * Side * (Side + padded) * sizeof(float)), 64);
        float* weights = memory, // P^T [keys, queries]
            changes = weights + Side * Side, // first V G^T, then dS^T
            keySums = changes + Side * Side, // [keys, padded d]
            valueSums = keySums + Side * padded;
        for (var place = begin; place < end; place++)
        {
            var (both, part) = Math.DivRem(place, work->Parts);
            var (item, head) = Math.DivRem(both, work->Heads);
            var last = (part + 1) * work->KeySquares / work->Parts;
            for (var square = part * work->KeySquares / work->Parts; square < last; square++)
            {
                var keys = work->Keys + (both * work->KeySquares + square) * Side * padded;
                var values = work->Values + (both * work->KeySquares + square) * Side * padded;
                var there = (int)Math.Min(Side, work->KeyCount - square * Side);
                new Span<float>(keySums, (int)(2 * Side * padded)).Clear();
                for (long other = 0; other < work->QuerySquares; other++)
                {
                    var from = both * work->QuerySquares + other;
                    for (var row = 0; row < there; row += Rows)
                    {
                        Multiply(keys + row * padded, padded, work->TurnedQueries + from * Side * channels, weights + row * Side, channels);
                        Multiply(
                            values + row * padded,
                            padded,
                            work->TurnedGivens + from * Side * channels,
                            changes + row * Side,
                            channels
                        );
                        for (var i = row; i < row + Rows; i++)
                            Weigh(
                                weights + i * Side,
                                changes + i * Side,
                                work->Denominators + from * Side,
                                work->Shares + from * Side,
                                i < there
                            );
                    }
                    var held = (there + Rows - 1) / Rows * Rows;
                    for (var row = 0; row < held; row += Rows)
                    {
                        Add(weights + row * Side, work->Givens + from * Side * padded, valueSums + row * padded, padded);
                        Add(changes + row * Side, work->Queries + from * Side * padded, keySums + row * padded, padded);
                    }
                    var sums = work->Partial + ((both * work->Parts + part) * work->QuerySquares + other) * Side * padded;
                    for (var row = 0; row < Side; row += Rows)
                        MatrixKernel.MultiplyTransposed(
                            changes + row,
                            Side,
                            keys,
                            padded,
                            sums + row * padded,
                            padded,
                            held,
                            padded,
                            add: true
                        );
                }
                for (var row = 0; row < there; row++)
                for (long c = 0; c < channels; c++)
                {
                    work->KeyGradient[item, head, square * Side + row][c] = keySums[row * padded + c];
                    work->ValueGradient[item, head, square * Side + row][c] = valueSums[row * padded + c];
                }
            }
        }
        NativeMemory.AlignedFree(memory);
    }

    /// <summary>Four keys' products with a square of queries: c = a b, a [4, d], b [d, queries].</summary>
    private static void Multiply(float* a, long padded, float* b, float* c, long channels) =>
        MatrixKernel.Multiply<MatrixKernel.Four>(a, padded, b, Side, c, Side, channels, add: false);

    /// <summary>Four rows of keys' sums: c += a b, a [4, queries], b [queries, padded d].</summary>
    private static void Add(float* a, float* b, float* c, long padded) =>
        MatrixKernel.Multiply(a, Side, b, padded, c, padded, Side, padded, add: true);

    /// <summary>A key's scores to weights, and V G^T to dS; zeros for one that is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(float* scores, float* changes, float* denominators, float* shares, bool isThere)
    {
        for (var i = 0; i < Side; i += Lanes)
        {
            var (weight, change) = (Vector512<float>.Zero, Vector512<float>.Zero);
            if (isThere)
            {
                weight = Exponential.E(Vector512.Load(scores + i) - Vector512.Load(denominators + i));
                change = weight * (Vector512.Load(changes + i) - Vector512.Load(shares + i));
            }
            weight.Store(scores + i);
            change.Store(changes + i);
        }
    }

    /// <summary>The queries' gradients, from the shares of all parts.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddParts(long begin, long end, Work* work)
    {
        var (channels, padded) = (work->Channels, work->Padded);
        var scale = 1 / MathF.Sqrt(channels);
        var apart = work->QuerySquares * Side * padded;
        for (var place = begin; place < end; place++)
        {
            var (both, square) = Math.DivRem(place, work->QuerySquares);
            var (item, head) = Math.DivRem(both, work->Heads);
            for (long row = 0; row < Math.Min(Side, work->QueryCount - square * Side); row++)
            {
                var from = work->Partial + both * work->Parts * apart + (square * Side + row) * padded;
                var to = work->QueryGradient[item, head, square * Side + row];
                for (long c = 0; c < channels; c++)
                {
                    var sum = 0f;
                    for (long part = 0; part < work->Parts; part++)
                        sum += from[part * apart + c];
                    to[c] = sum * scale;
                }
            }
        }
    }
}
