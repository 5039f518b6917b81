using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// A frozen 3x3 weight for convolution by Winograd's F(4x4, 3x3): 36 products make 16 outputs, where plain convolution takes 144
/// (Lavin and Gray, arXiv 1509.09308).
/// </summary>
/// <remarks>
/// The weight grows fourfold, so it pays where images are large beside it. Polynomials are multiplied by their values at 0, 3/4, -3/4, 3/2,
/// -3/2 and infinity: at 1 and 2 in place of 3/4 and 3/2, as Lavin and Gray have it, powers differ more in size, and errors are twice as
/// large (why: Barabasz et al., arXiv 1803.10986). Values differ from plain convolution by about 2e-6 of their size.
/// </remarks>
internal sealed unsafe class WinogradWeight : IDisposable
{
    private const int Tile = 4,
        Patch = 6,
        Points = Patch * Patch,
        Lanes = 16,
        Depth = 128; // inputs whose weights to 64 outputs, 32 KB, lie in the nearest cache
    private const long FewestChannels = 64,
        LargestWeight = 1280 * 640; // a larger one costs much memory for little time
    private const long LargeImage = 2048,
        FairImage = 512; // pixels
    private const long BytesAtOnce = 4 << 20; // of transformed tiles: they stay in the caches
    private const float Near = 3 / 4f, // the polynomials' points, on both sides of 0
        Far = 3 / 2f,
        NearSquare = Near * Near,
        FarSquare = Far * Far;
    public const string Kind = "winograd-3-4"; // with the points in its name: what is kept between processes is of one kind
    private readonly PackedTensor _points; // [36, in, out]
    private readonly long _inputs,
        _outputs;

    private struct Work
    {
        public float* Image,
            Points,
            Weight,
            Output,
            Bias;
        public long Height,
            Width,
            Inputs,
            Outputs,
            TilesAcross,
            TilesPerImage,
            FirstTile,
            Tiles,
            Count;
    }

    /// <param name="weight">[out, in, 3, 3]; in and out multiples of 16.</param>
    /// <param name="slot">Where it is kept between processes.</param>
    public WinogradWeight(Tensor weight, PackSlot? slot = null)
    {
        (_outputs, _inputs) = (weight.shape[0], weight.shape[1]);
        _points = PackSlot.Get(slot, weight, Kind, () => ToPoints(weight));
    }

    private static Tensor ToPoints(Tensor weight)
    {
        using var scope = NewDisposeScope();
        const double zeroScale = NearSquare * FarSquare,
            nearScale = 2 * NearSquare * (NearSquare - FarSquare),
            farScale = 2 * FarSquare * (FarSquare - NearSquare);
        double[] values =
        [
            .. Powers(0, zeroScale),
            .. Powers(Near, nearScale),
            .. Powers(-Near, nearScale),
            .. Powers(Far, farScale),
            .. Powers(-Far, farScale),
            .. (double[])[0, 0, 1],
        ];
        var toPoints = tensor(values, [Patch, 3], device: CPU).to(float32);
        var rows = weight.detach().permute(2, 3, 1, 0).reshape(3, -1); // [3, 3 in out]
        var half = toPoints.matmul(rows).view(Patch, 3, -1).transpose(0, 1).reshape(3, -1); // [3, 6 in out]
        var full = toPoints.matmul(half).view(Patch, Patch, -1).transpose(0, 1);
        return full.reshape(Points, weight.shape[1], weight.shape[0]).contiguous().MoveToOuterDisposeScope();

        static double[] Powers(double point, double scale) => [1 / scale, point / scale, point * point / scale];
    }

    /// <summary>Whether a convolution with this weight, over images of this size, is faster and worth the memory.</summary>
    public static bool Pays(long[] weightShape, long[] imageShape, Rearrangement extent) =>
        Vector256.IsHardwareAccelerated
        && weightShape[2] == 3
        && weightShape[0] % Lanes == 0
        && weightShape[1] % Lanes == 0
        && weightShape[0] >= FewestChannels
        && weightShape[1] >= FewestChannels
        && weightShape[0] * weightShape[1] <= LargestWeight
        && imageShape[2] * imageShape[3] >= (extent == Rearrangement.OnePass ? LargeImage : FairImage);

    /// <summary>Convolution with stride 1 and a padding of 1.</summary>
    /// <param name="image">[B, in, h, w], channels last.</param>
    /// <param name="bias">[out]; null for none.</param>
    /// <returns>[B, out, h, w], channels last.</returns>
    public Tensor Convolve(Tensor image, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        bias ??= zeros(_outputs, device: CPU);
        var (batch, height, width) = (image.shape[0], image.shape[2], image.shape[3]);
        var (across, down) = ((width + Tile - 1) / Tile, (height + Tile - 1) / Tile);
        var source = image.ToChannelsLast();
        var output = empty(batch, height, width, _outputs, device: CPU);
        var tiles = batch * across * down;
        var atOnce = Math.Min(tiles, Math.Max(64, BytesAtOnce / (Points * sizeof(float) * Math.Max(_inputs, _outputs))));
        atOnce = (atOnce + MatrixKernel.Rows - 1) / MatrixKernel.Rows * MatrixKernel.Rows;
        var patches = empty(Points, atOnce, _inputs, device: CPU);
        var products = empty(Points, atOnce, _outputs, device: CPU);
        var work = new Work
        {
            Image = (float*)LibTorch.DataPointer(source),
            Output = (float*)LibTorch.DataPointer(output),
            Bias = (float*)LibTorch.DataPointer(bias),
            Height = height,
            Width = width,
            Inputs = _inputs,
            Outputs = _outputs,
            TilesAcross = across,
            TilesPerImage = across * down,
            Tiles = atOnce,
        };
        for (work.FirstTile = 0; work.FirstTile < tiles; work.FirstTile += atOnce)
        {
            var count = Math.Min(atOnce, tiles - work.FirstTile);
            work.Points = (float*)LibTorch.DataPointer(patches);
            NativeParallel.For(count, 8, &TakeTiles, ref work);
            Multiply(patches, products, count, ref work);
            work.Points = (float*)LibTorch.DataPointer(products);
            NativeParallel.For(count, 8, &PutTiles, ref work);
        }
        GC.KeepAlive(bias);
        return output.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    public void Dispose() => _points.Dispose();

    /// <summary>Lets the system take back the memory of what lies in a file.</summary>
    public void ReleasePages() => _points.ReleasePages();

    /// <summary>The 36 products; rows beyond the last tile are of whatever lies there, and nobody reads them.</summary>
    private void Multiply(Tensor patches, Tensor products, long count, ref Work work)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            LibTorch.Check(LibTorch.aoti_torch_cpu_bmm_out(products.Handle, patches.Handle, _points.Tensor.Handle), nameof(Multiply));
            return;
        }
        var product = work with
        {
            Image = (float*)LibTorch.DataPointer(patches),
            Weight = (float*)LibTorch.DataPointer(_points.Tensor),
            Points = (float*)LibTorch.DataPointer(products),
            Count = count,
        };
        NativeParallel.For(Points * ((_outputs + MatrixKernel.Width - 1) / MatrixKernel.Width), 1, &MultiplyColumns, ref product);
    }

    /// <summary>A product's 64 columns, for all tiles: a part of their weight after the other stays in the nearest cache.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyColumns(long begin, long end, Work* work)
    {
        var blocks = (work->Outputs + MatrixKernel.Width - 1) / MatrixKernel.Width;
        for (var place = begin; place < end; place++)
        {
            var (point, block) = Math.DivRem(place, blocks);
            var column = block * MatrixKernel.Width;
            var patches = work->Image + point * work->Tiles * work->Inputs;
            var weight = work->Weight + point * work->Inputs * work->Outputs + column;
            var products = work->Points + point * work->Tiles * work->Outputs + column;
            for (long from = 0, depth; from < work->Inputs; from += depth)
            {
                depth = Math.Min(Depth, work->Inputs - from);
                for (long tile = 0; tile < work->Count; tile += MatrixKernel.Rows)
                    MatrixKernel.Multiply(
                        patches + tile * work->Inputs + from,
                        work->Inputs,
                        weight + from * work->Outputs,
                        work->Outputs,
                        products + tile * work->Outputs,
                        work->Outputs,
                        depth,
                        Math.Min(MatrixKernel.Width, work->Outputs - column),
                        add: from > 0
                    );
            }
        }
    }

    /// <summary>Patches of 6x6 pixels, overlapping by two, to their 36 points: B^T d B.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TakeTiles(long begin, long end, Work* work)
    {
        var patch = stackalloc Vector512<float>[Points];
        for (var tile = begin; tile < end; tile++)
        {
            var (item, place) = Math.DivRem(work->FirstTile + tile, work->TilesPerImage);
            var (top, left) = (place / work->TilesAcross * Tile - 1, place % work->TilesAcross * Tile - 1);
            var image = work->Image + item * work->Height * work->Width * work->Inputs;
            for (long c = 0; c < work->Inputs; c += Lanes)
            {
                for (var row = 0; row < Patch; row++)
                for (var column = 0; column < Patch; column++)
                {
                    var (y, x) = (top + row, left + column);
                    patch[row * Patch + column] =
                        (ulong)y < (ulong)work->Height && (ulong)x < (ulong)work->Width
                            ? Vector512.Load(image + (y * work->Width + x) * work->Inputs + c)
                            : Vector512<float>.Zero;
                }
                for (var column = 0; column < Patch; column++)
                    ToPoints(patch + column, Patch);
                for (var row = 0; row < Patch; row++)
                    ToPoints(patch + row * Patch, 1);
                for (var point = 0; point < Points; point++)
                    patch[point].Store(work->Points + (point * work->Tiles + tile) * work->Inputs + c);
            }
        }
    }

    /// <summary>36 products to 4x4 pixels: A^T m A, and the bias.</summary>
    [UnmanagedCallersOnly, MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PutTiles(long begin, long end, Work* work)
    {
        var patch = stackalloc Vector512<float>[Points];
        for (var tile = begin; tile < end; tile++)
        {
            var (item, place) = Math.DivRem(work->FirstTile + tile, work->TilesPerImage);
            var (top, left) = (place / work->TilesAcross * Tile, place % work->TilesAcross * Tile);
            var output = work->Output + item * work->Height * work->Width * work->Outputs;
            var (rows, columns) = (Math.Min(Tile, work->Height - top), Math.Min(Tile, work->Width - left));
            for (long c = 0; c < work->Outputs; c += Lanes)
            {
                for (var point = 0; point < Points; point++)
                    patch[point] = Vector512.Load(work->Points + (point * work->Tiles + tile) * work->Outputs + c);
                for (var column = 0; column < Patch; column++)
                    FromPoints(patch + column, Patch);
                var bias = Vector512.Load(work->Bias + c);
                for (var row = 0; row < rows; row++)
                {
                    FromPoints(patch + row * Patch, 1);
                    for (var column = 0; column < columns; column++)
                        (patch[row * Patch + column] + bias).Store(
                            output + ((top + row) * work->Width + left + column) * work->Outputs + c
                        );
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ToPoints(Vector512<float>* d, int step)
    {
        var (d0, d1, d2, d3, d4, d5) = (d[0], d[step], d[2 * step], d[3 * step], d[4 * step], d[5 * step]);
        var (even, odd) = (Sum(d4, -FarSquare, d2), Sum(d3, -FarSquare, d1));
        var (evenFar, oddFar) = (Sum(d4, -NearSquare, d2), Sum(d3, -NearSquare, d1));
        d[0] = Sum(Sum(d4, -(NearSquare + FarSquare), d2), NearSquare * FarSquare, d0);
        d[step] = Sum(even, Near, odd);
        d[2 * step] = Sum(even, -Near, odd);
        d[3 * step] = Sum(evenFar, Far, oddFar);
        d[4 * step] = Sum(evenFar, -Far, oddFar);
        d[5 * step] = Sum(Sum(d5, -(NearSquare + FarSquare), d3), NearSquare * FarSquare, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FromPoints(Vector512<float>* m, int step)
    {
        var (sum1, difference1) = (m[step] + m[2 * step], m[step] - m[2 * step]);
        var (sum2, difference2) = (m[3 * step] + m[4 * step], m[3 * step] - m[4 * step]);
        var last = m[5 * step];
        m[0] = m[0] + sum1 + sum2;
        m[step] = Sum(Near * difference1, Far, difference2);
        m[2 * step] = Sum(NearSquare * sum1, FarSquare, sum2);
        m[3 * step] = Sum(Sum(last, NearSquare * Near, difference1), FarSquare * Far, difference2);
    }

    /// <summary>a + scale b, rounded once where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sum(Vector512<float> a, float scale, Vector512<float> b) =>
        Vector512.MultiplyAddEstimate(Vector512.Create(scale), b, a);
}
