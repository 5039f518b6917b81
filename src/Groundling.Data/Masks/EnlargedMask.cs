using System.Numerics;
using System.Runtime.CompilerServices;

namespace Groundling.Data;

/// <summary>
/// Where a map, enlarged bilinearly, is above a threshold: found without the enlarged map. Between two neighbours of a column the
/// values are a line, so that both neighbours above, or neither, answer for all of them, and their sum is known.
/// </summary>
internal static class EnlargedMask
{
    /// <param name="map">[mapHeight, mapWidth]</param>
    /// <param name="mapWidth">Its columns.</param>
    /// <param name="mapHeight">Its rows.</param>
    /// <param name="width">Columns wanted.</param>
    /// <param name="height">Rows wanted.</param>
    /// <param name="threshold">Inside is what is greater.</param>
    /// <returns>Run lengths down the columns, and the sum of the enlarged values inside.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (uint[] Counts, double Sum) Find(
        ReadOnlySpan<float> map,
        int mapWidth,
        int mapHeight,
        int width,
        int height,
        float threshold
    )
    {
        var (across, down) = (new BilinearAxis(mapWidth, width), new BilinearAxis(mapHeight, height));
        var byColumn = new float[map.Length];
        for (var y = 0; y < mapHeight; y++)
        for (var x = 0; x < mapWidth; x++)
            byColumn[x * mapHeight + y] = map[y * mapWidth + x];
        var column = new float[mapHeight + 1]; // the last value twice: it has no neighbour below
        var runs = new RunBuilder(4 * width);
        var sum = 0.0;
        for (var x = 0; x < width; x++)
        {
            int left = across.First[x],
                next = Math.Min(left + 1, mapWidth - 1);
            Between(
                byColumn.AsSpan(left * mapHeight, mapHeight),
                byColumn.AsSpan(next * mapHeight, mapHeight),
                across.Weight[x],
                column.AsSpan(0, mapHeight)
            );
            column[mapHeight] = column[mapHeight - 1];
            for (var y = 0; y < mapHeight; y++)
            {
                float above = column[y],
                    below = column[y + 1];
                int start = down.Start[y],
                    length = down.Start[y + 1] - start;
                if (above > threshold == below > threshold)
                {
                    runs.Add(above > threshold, (uint)length);
                    if (above > threshold)
                        sum += above * (length - down.WeightSum[y]) + below * down.WeightSum[y];
                    continue;
                }
                foreach (var weight in down.Weight.AsSpan(start, length))
                {
                    var value = above * (1 - weight) + below * weight;
                    runs.Add(value > threshold, 1);
                    if (value > threshold)
                        sum += value;
                }
            }
        }
        return (runs.ToArray(), sum);
    }

    /// <summary>What lies between two columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Between(ReadOnlySpan<float> left, ReadOnlySpan<float> right, float weight, Span<float> column)
    {
        var i = 0;
        for (; i <= column.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(left[i..]) * (1 - weight) + new Vector<float>(right[i..]) * weight).CopyTo(column[i..]);
        for (; i < column.Length; i++)
            column[i] = left[i] * (1 - weight) + right[i] * weight;
    }

    /// <summary>How each place of an enlarged axis lies between two of the axis: as PyTorch with <c>align_corners=False</c>.</summary>
    private sealed class BilinearAxis
    {
        public BilinearAxis(int from, int to)
        {
            (First, Weight, Start, WeightSum) = (new int[to], new float[to], new int[from + 1], new double[from]);
            var scale = (float)from / to;
            for (var i = 0; i < to; i++)
            {
                var place = Math.Max(0, scale * (i + 0.5f) - 0.5f);
                First[i] = Math.Min((int)place, from - 1);
                Weight[i] = Math.Min(1, place - First[i]);
                Start[First[i] + 1] = i + 1;
                WeightSum[First[i]] += Weight[i];
            }
            for (var i = 1; i <= from; i++)
                Start[i] = Math.Max(Start[i], Start[i - 1]); // places that nothing reads, where the axis shrinks
        }

        /// <summary>The nearer to the beginning of the two, for each place; the other is the next, if there is one.</summary>
        public int[] First { get; }

        /// <summary>The other's weight, in [0, 1].</summary>
        public float[] Weight { get; }

        /// <summary>The first of the places between one and the next.</summary>
        public int[] Start { get; }

        /// <summary>The sum of the weights of these places.</summary>
        public double[] WeightSum { get; }
    }
}
