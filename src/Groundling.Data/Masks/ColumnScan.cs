using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Groundling.Data;

/// <summary>Run lengths down the columns, found and laid out row by row so that memory is read in order.</summary>
/// <remarks>
/// A pixel unlike the one above it begins a run; sixteen columns are compared at once, and only the rare changes cost more.
/// </remarks>
internal static class ColumnScan
{
    public static uint[] Encode(ReadOnlySpan<byte> mask, int width, int height)
    {
        // 1. Every place that differs from the pixel above it, in row order. Above a column's top is the bottom of the column before.
        var changes = new List<(int Column, int Row)>(4 * Math.Max(width, height));
        var perColumn = new int[width + 1];
        bool before = false;
        for (int x = 0; x < width; x++)
        {
            bool inside = mask[x] != 0;
            if (inside != before)
                changes.Add((x, 0));
            before = mask[(height - 1) * width + x] != 0;
        }
        for (int y = 1; y < height; y++)
            CompareRows(mask.Slice((y - 1) * width, width), mask.Slice(y * width, width), y, changes);

        // 2. The same places in column order: a counting sort, rows stay ascending within a column.
        var found = CollectionsMarshal.AsSpan(changes);
        foreach (var (column, _) in found)
            perColumn[column + 1]++;
        for (int x = 0; x < width; x++)
            perColumn[x + 1] += perColumn[x];
        var starts = new uint[found.Length + 1];
        foreach (var (column, row) in found)
            starts[perColumn[column]++] = (uint)(column * height + row);

        // 3. Places to lengths, in place.
        uint previous = 0;
        for (int i = 0; i < found.Length; i++)
            (previous, starts[i]) = (starts[i], starts[i] - previous);
        starts[^1] = (uint)(width * height) - previous;
        return starts;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decode(ReadOnlySpan<uint> counts, Span<byte> mask, int width, int height)
    {
        // 1. Mark the pixels unlike the one above them; a column's top is marked when it is inside.
        int position = 0;
        for (int i = 0; i < counts.Length; position += (int)counts[i], i++)
        {
            if ((i & 1) == 0 || counts[i] == 0)
                continue;
            var (column, row) = Math.DivRem(position, height);
            var (lastColumn, lastRow) = Math.DivRem(position + (int)counts[i] - 1, height);
            for (; column <= lastColumn; column++, row = 0)
            {
                mask[row * width + column] ^= 1;
                int end = column == lastColumn ? lastRow + 1 : height;
                if (end < height)
                    mask[end * width + column] ^= 1;
            }
        }

        // 2. Each row adds its marks to the row above.
        for (int y = 1; y < height; y++)
        {
            var above = mask.Slice((y - 1) * width, width);
            var row = mask.Slice(y * width, width);
            int x = 0;
            for (; x <= width - Vector<byte>.Count; x += Vector<byte>.Count)
                (new Vector<byte>(row[x..]) ^ new Vector<byte>(above[x..])).CopyTo(row[x..]);
            for (; x < width; x++)
                row[x] ^= above[x];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CompareRows(ReadOnlySpan<byte> above, ReadOnlySpan<byte> row, int y, List<(int Column, int Row)> changes)
    {
        int x = 0;
        for (; x <= row.Length - Vector128<byte>.Count; x += Vector128<byte>.Count)
        {
            var differ = Vector128.IsZero(Vector128.Create(above[x..])) ^ Vector128.IsZero(Vector128.Create(row[x..]));
            for (uint bits = differ.ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
                changes.Add((x + BitOperations.TrailingZeroCount(bits), y));
        }
        for (; x < row.Length; x++)
            if (above[x] == 0 != (row[x] == 0))
                changes.Add((x, y));
    }
}
