using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Groundling.Torch;

/// <summary>
/// Products of small matrices whose sums stay in registers of 512 bits: what attention and Winograd's convolution are made of.
/// </summary>
internal static unsafe class MatrixKernel
{
    /// <summary>Rows of a product at once.</summary>
    public const int Rows = 4;

    /// <summary>Columns of a product at once, at most.</summary>
    public const int Width = 4 * Lanes;

    private const int Lanes = 16;

    /// <summary>Four rows of a product of any width that is whole vectors: c = a b, or c += a b.</summary>
    /// <param name="a">[4, depth], rows <paramref name="rowA"/> apart.</param>
    /// <param name="rowA">Floats.</param>
    /// <param name="b">[depth, width], rows <paramref name="rowB"/> apart.</param>
    /// <param name="rowB">Floats.</param>
    /// <param name="c">[4, width], rows <paramref name="rowC"/> apart.</param>
    /// <param name="rowC">Floats.</param>
    /// <param name="depth">Numbers that are multiplied for each.</param>
    /// <param name="width">Columns of b and c; a multiple of 16.</param>
    /// <param name="add">Whether they are added to what is there.</param>
    public static void Multiply(float* a, long rowA, float* b, long rowB, float* c, long rowC, long depth, long width, bool add) =>
        Multiply<Rowwise>(a, rowA, b, rowB, c, rowC, depth, width, add);

    /// <summary>The same of a transposed matrix: a is [depth, 4].</summary>
    public static void MultiplyTransposed(
        float* a,
        long rowA,
        float* b,
        long rowB,
        float* c,
        long rowC,
        long depth,
        long width,
        bool add
    ) => Multiply<Columnwise>(a, rowA, b, rowB, c, rowC, depth, width, add);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TOrder>(float* a, long rowA, float* b, long rowB, float* c, long rowC, long depth, long width, bool add)
        where TOrder : struct, IOrder
    {
        long at = 0;
        for (; at + Width <= width; at += Width)
            Multiply<Four, TOrder>(a, rowA, b + at, rowB, c + at, rowC, depth, add);
        switch ((width - at) / Lanes)
        {
            case 3:
                Multiply<Three, TOrder>(a, rowA, b + at, rowB, c + at, rowC, depth, add);
                break;
            case 2:
                Multiply<Two, TOrder>(a, rowA, b + at, rowB, c + at, rowC, depth, add);
                break;
            case 1:
                Multiply<One, TOrder>(a, rowA, b + at, rowB, c + at, rowC, depth, add);
                break;
        }
    }

    /// <summary>How the first matrix lies.</summary>
    private interface IOrder
    {
        static abstract bool IsTransposed { get; }
    }

    private readonly struct Rowwise : IOrder
    {
        public static bool IsTransposed => false;
    }

    private readonly struct Columnwise : IOrder
    {
        public static bool IsTransposed => true;
    }

    /// <summary>How many vectors a product is wide; the compiler makes a product of each.</summary>
    public interface IVectors
    {
        static abstract int Count { get; }
    }

    public readonly struct One : IVectors
    {
        public static int Count => 1;
    }

    public readonly struct Two : IVectors
    {
        public static int Count => 2;
    }

    public readonly struct Three : IVectors
    {
        public static int Count => 3;
    }

    public readonly struct Four : IVectors
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
    public static void Multiply<TVectors>(float* a, long rowA, float* b, long rowB, float* c, long rowC, long depth, bool add)
        where TVectors : struct, IVectors => Multiply<TVectors, Rowwise>(a, rowA, b, rowB, c, rowC, depth, add);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TVectors, TOrder>(float* a, long rowA, float* b, long rowB, float* c, long rowC, long depth, bool add)
        where TVectors : struct, IVectors
        where TOrder : struct, IOrder
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
        var apart = TOrder.IsTransposed ? 1 : rowA;
        float* a1 = a + apart,
            a2 = a1 + apart,
            a3 = a2 + apart;
        for (long k = 0; k < depth; k++, b += rowB)
        {
            var at = TOrder.IsTransposed ? k * rowA : k;
            var (x0, x1, x2, x3) = (Vector512.Create(a[at]), Vector512.Create(a1[at]), Vector512.Create(a2[at]), Vector512.Create(a3[at]));
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
