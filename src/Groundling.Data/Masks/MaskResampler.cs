namespace Groundling.Data;

/// <summary>
/// Brings a mask to another grid: each cell's share inside, weighed by a triangle, above one half. Symmetric, so nothing drifts.
/// </summary>
internal static class MaskResampler
{
    /// <param name="mask">The mask; may be larger than what the filters read, whose rest is cut off.</param>
    /// <param name="rows">Which source rows each output row reads.</param>
    /// <param name="columns">Which source columns each output column reads.</param>
    /// <param name="width">Output columns; those without filter stay outside.</param>
    /// <param name="height">Output rows; those without filter stay outside.</param>
    public static RunLengthMask Resample(RunLengthMask mask, TriangleFilter rows, TriangleFilter columns, int width, int height)
    {
        if (mask.Area == 0)
            return RunLengthMask.Empty(width, height);
        var source = mask.ToBytes();
        var target = new byte[width * height];
        var box = mask.Box;
        int left = box.X,
            right = box.X + box.Width,
            top = box.Y,
            bottom = box.Y + box.Height;
        var (firstColumn, lastColumn) = Reading(columns, left, right);
        var row = new float[box.Width];
        for (int y = 0; y < rows.First.Length; y++)
        {
            var vertical = rows.WeightsOf(y);
            int start = rows.First[y];
            if (start >= bottom || start + vertical.Length <= top)
                continue;
            Array.Clear(row);
            for (int k = Math.Max(0, top - start); k < vertical.Length && start + k < bottom; k++)
                TriangleFilter.AddScaled(source.AsSpan((start + k) * mask.Width + left, box.Width), vertical[k], row);
            for (int x = firstColumn; x < lastColumn; x++)
            {
                var horizontal = columns.WeightsOf(x);
                int at = columns.First[x] - left;
                float share = 0;
                for (int k = Math.Max(0, -at); k < horizontal.Length && at + k < row.Length; k++)
                    share += horizontal[k] * row[at + k];
                target[y * width + x] = share > 0.5f ? (byte)1 : (byte)0;
            }
        }
        return RunLengthMask.FromBytes(target, width, height);
    }

    /// <summary>The outputs that read anything between two source places.</summary>
    private static (int First, int End) Reading(TriangleFilter filter, int from, int to)
    {
        int first = 0,
            end = filter.First.Length;
        while (first < end && filter.First[first] + filter.WeightsOf(first).Length <= from)
            first++;
        while (end > first && filter.First[end - 1] >= to)
            end--;
        return (first, end);
    }
}
