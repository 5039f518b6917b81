using System.Text.Json;

namespace Groundling.Data.Benchmark;

/// <summary>Consecutive records of one array of a JSON file, not yet parsed: what one thread works on.</summary>
/// <param name="section">The array's name; "" when the file is an array.</param>
/// <param name="first">The first record's place in its array.</param>
internal sealed class JsonBatch(string section, int first)
{
    /// <summary>A batch is full at this many bytes.</summary>
    public const int FullAt = 1 << 20;

    private readonly List<int> _ends = [];
    private byte[] _bytes = [];

    public string Section { get; } = section;

    public int First { get; } = first;

    public int Count => _ends.Count;

    public bool IsFull => Count > 0 && _ends[^1] >= FullAt;

    public void Add(ReadOnlySpan<byte> record)
    {
        int start = Count == 0 ? 0 : _ends[^1],
            end = checked(start + record.Length);
        if (end > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(end, (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        record.CopyTo(_bytes.AsSpan(start));
        _ends.Add(end);
    }

    /// <summary>A record that keeps its own memory.</summary>
    public JsonElement Detached(int index)
    {
        var reader = new Utf8JsonReader(Bytes(index).Span);
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>A record in pooled memory; the caller disposes it.</summary>
    public JsonDocument Parse(int index) => JsonDocument.Parse(Bytes(index));

    private ReadOnlyMemory<byte> Bytes(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _bytes.AsMemory(start, _ends[index] - start);
    }
}
