namespace Groundling.Data;

/// <summary>Collects runs, joining neighbours of the same kind.</summary>
internal struct RunBuilder
{
    private uint[] _counts;
    private int _last;

    public RunBuilder(int capacity) => (_counts, _last) = (new uint[Math.Max(capacity, 4) + 1], 0);

    public void Add(bool inside, uint length)
    {
        if (length == 0)
            return;
        if (((_last & 1) == 1) != inside && ++_last == _counts.Length)
            Array.Resize(ref _counts, 2 * _counts.Length);
        _counts[_last] += length;
    }

    public readonly uint[] ToArray() => _counts[..(_last + 1)];
}
