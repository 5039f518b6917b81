using System.Numerics;
using System.Runtime.CompilerServices;

namespace Groundling.Data;

/// <summary>Antialiased linear resampling of one axis: a triangle as wide as the axis shrinks ("bilinear, antialias").</summary>
internal sealed class TriangleFilter
{
    private readonly float[] _weights;
    private readonly int[] _offsets;

    private TriangleFilter(int[] first, int[] offsets, float[] weights) => (First, _offsets, _weights) = (first, offsets, weights);

    /// <summary>The first source index each output reads.</summary>
    public int[] First { get; }

    /// <summary>The weights of one output, for consecutive source indices; they sum to 1.</summary>
    public ReadOnlySpan<float> WeightsOf(int output) => _weights.AsSpan(_offsets[output], _offsets[output + 1] - _offsets[output]);

    public static TriangleFilter Create(int source, int target) => Create(source, target, (double)source / target);

    /// <param name="source">Source values.</param>
    /// <param name="target">Outputs.</param>
    /// <param name="scale">Source values an output stands for; output i is centred on (i + 0.5) * scale.</param>
    public static TriangleFilter Create(int source, int target, double scale)
    {
        double width = Math.Max(scale, 1);
        var first = new int[target];
        var offsets = new int[target + 1];
        var weights = new List<float>();
        for (int i = 0; i < target; i++)
        {
            double centre = (i + 0.5) * scale;
            int low = Math.Max(0, (int)Math.Floor(centre - width + 0.5)),
                high = Math.Min(source, (int)Math.Floor(centre + width + 0.5));
            double sum = 0;
            for (int j = low; j < high; j++)
                sum += Weight(j, centre, width);
            for (int j = low; j < high; j++)
                weights.Add((float)(Weight(j, centre, width) / sum));
            first[i] = low;
            offsets[i + 1] = weights.Count;
        }
        return new TriangleFilter(first, offsets, [.. weights]);
    }

    /// <summary>sum += weight * row. Multiplication and addition round separately, so every vector width gives the same numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(ReadOnlySpan<byte> row, float weight, Span<float> sum)
    {
        int i = 0,
            lanes = Vector<float>.Count;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Add(a, sum[i..]);
            Add(b, sum[(i + lanes)..]);
            Add(c, sum[(i + 2 * lanes)..]);
            Add(d, sum[(i + 3 * lanes)..]);
        }
        for (; i < row.Length; i++)
            sum[i] += row[i] * weight;

        void Add(Vector<uint> values, Span<float> into) =>
            (new Vector<float>(into) + Vector.ConvertToSingle(Vector.AsVectorInt32(values)) * weight).CopyTo(into);
    }

    private static double Weight(int index, double centre, double width) => Math.Max(0, 1 - Math.Abs((index + 0.5 - centre) / width));
}
