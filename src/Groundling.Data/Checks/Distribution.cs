namespace Groundling.Data.Benchmark;

/// <summary>How a number is spread over the examples.</summary>
public sealed class Distribution
{
    private readonly List<float> _values = [];
    private bool _isSorted = true;

    /// <summary>Values.</summary>
    public int Count => _values.Count;

    /// <summary>The smallest value; 0 where there is none.</summary>
    public float Least => At(0);

    /// <summary>The middle value; 0 where there is none.</summary>
    public float Median => At(0.5);

    /// <summary>The largest value; 0 where there is none.</summary>
    public float Most => At(1);

    /// <summary>The mean; 0 where there is none.</summary>
    public double Mean => _values.Count == 0 ? 0 : _values.Average(v => (double)v);

    /// <summary>The values in ascending order.</summary>
    public IReadOnlyList<float> Sorted()
    {
        if (!_isSorted)
            _values.Sort();
        _isSorted = true;
        return _values;
    }

    internal void Add(double value)
    {
        _values.Add((float)value);
        _isSorted = false;
    }

    private float At(double share) => _values.Count == 0 ? 0 : Sorted()[(int)Math.Round(share * (_values.Count - 1))];
}
