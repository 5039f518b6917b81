namespace Groundling.Data;

/// <summary>Walks two masks of one size together, in stretches over which neither changes.</summary>
internal ref struct PairedRuns
{
    private readonly ReadOnlySpan<uint> _a,
        _b;
    private int _i,
        _j;
    private uint _leftA,
        _leftB;

    public PairedRuns(ReadOnlySpan<uint> a, ReadOnlySpan<uint> b)
    {
        _a = a;
        _b = b;
        (_leftA, _leftB) = (a[0], b[0]);
    }

    public uint Length { get; private set; }

    public bool First { get; private set; }

    public bool Second { get; private set; }

    public bool Next()
    {
        while (_leftA == 0 && _i + 1 < _a.Length)
            _leftA = _a[++_i];
        while (_leftB == 0 && _j + 1 < _b.Length)
            _leftB = _b[++_j];
        Length = Math.Min(_leftA, _leftB);
        First = (_i & 1) == 1;
        Second = (_j & 1) == 1;
        _leftA -= Length;
        _leftB -= Length;
        return Length > 0;
    }
}
