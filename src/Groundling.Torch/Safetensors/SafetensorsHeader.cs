using System.Buffers.Binary;
using System.Text.Json;

namespace Groundling.Torch;

/// <summary>What a safetensors file says before its tensors' bytes; once it is read, every rule of the format holds.</summary>
internal sealed class SafetensorsHeader
{
    private const long LongestHeader = 100_000_000;
    private const int LengthBytes = 8;
    private const int MostDimensions = 64; // libtorch's
    private readonly string _path;
    private readonly Dictionary<string, SafetensorsEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = [];

    private SafetensorsHeader(string path, long dataStart)
    {
        _path = path;
        DataStart = dataStart;
    }

    /// <summary>Bytes at a place of the file.</summary>
    public delegate ReadOnlySpan<byte> BytesAt(long offset, int count);

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The free text pairs of <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The byte of the file at which the tensors begin.</summary>
    public long DataStart { get; }

    /// <summary>Reads the header and holds it against the file's length.</summary>
    /// <param name="path">What messages call the file.</param>
    /// <param name="length">The file's length in bytes.</param>
    /// <param name="bytes">Gives the file's bytes.</param>
    /// <exception cref="WeightsException">A rule of the format is broken.</exception>
    public static SafetensorsHeader Read(string path, long length, BytesAt bytes)
    {
        CheckLength(path, length);
        var declared = BinaryPrimitives.ReadUInt64LittleEndian(bytes(0, LengthBytes));
        if (declared > LongestHeader || declared > (ulong)(length - LengthBytes))
            throw new WeightsException(
                $"{path} declares a header of {declared} bytes but has {length} bytes in all; it is truncated or not a safetensors file"
            );
        var header = new SafetensorsHeader(path, LengthBytes + (long)declared);
        try
        {
            header.Parse(bytes(LengthBytes, (int)declared));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new WeightsException($"{path} has a header that cannot be read: {e.Message}", e);
        }
        header.CheckLayout(length - header.DataStart);
        return header;
    }

    /// <exception cref="WeightsException">No header fits into a file of this length.</exception>
    public static void CheckLength(string path, long length)
    {
        if (length < LengthBytes)
            throw new WeightsException($"{path} is shorter than the {LengthBytes} bytes of a header length; download or write it again");
    }

    private void Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > 0 && json[0] != '{')
            throw Fault("has a header that does not begin with '{'");
        var reader = new Utf8JsonReader(json);
        using var header = JsonDocument.ParseValue(ref reader);
        if (reader.Read())
            throw Fault("has a header that goes on after its end"); // blanks are all that may stand there; else this throws
        foreach (var property in Members(header.RootElement))
        {
            if (property.Name != "__metadata__")
                _entries.Add(property.Name, Entry(property));
            else if (property.Value.ValueKind != JsonValueKind.Null)
                foreach (var pair in Members(property.Value))
                    _metadata.Add(pair.Name, pair.Value.GetString() ?? throw Fault($"has metadata '{pair.Name}' that is not a text"));
        }
    }

    private SafetensorsEntry Entry(JsonProperty property)
    {
        var fields = Members(property.Value).ToDictionary(field => field.Name, field => field.Value);
        var offsets = fields["data_offsets"];
        if (offsets.GetArrayLength() != 2)
            throw Fault($"gives '{property.Name}' {offsets.GetArrayLength()} offsets; a begin and an end are needed");
        var shape = fields["shape"].EnumerateArray().Select(Whole).ToArray();
        if (shape.Length > MostDimensions)
            throw Fault($"holds '{property.Name}' with {shape.Length} dimensions; {MostDimensions} are supported");
        var typeName = fields["dtype"].GetString() ?? "";
        return SafetensorsTypes.TryParse(typeName, out var type)
            ? new SafetensorsEntry(property.Name, type, shape, Whole(offsets[0]), Whole(offsets[1]))
            : throw Fault($"holds '{property.Name}' as {typeName}; known types are {SafetensorsTypes.Names}");
    }

    /// <summary>An object's members; readers differ on which of two with the same name counts, so that neither does.</summary>
    private IEnumerable<JsonProperty> Members(JsonElement value)
    {
        var seen = new HashSet<string>();
        foreach (var member in value.EnumerateObject())
            yield return seen.Add(member.Name) ? member : throw Fault($"names '{member.Name}' twice");
    }

    /// <summary>A whole number as the reference reads it: -0 is a fraction there.</summary>
    private static long Whole(JsonElement value) =>
        value.GetRawText() is "-0" ? throw new FormatException("-0 is not a whole number") : value.GetInt64();

    private void CheckLayout(long size)
    {
        long expected = 0;
        foreach (var entry in _entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Shape.Any(n => n < 0))
                throw Fault($"holds '{entry.Name}' with a negative size");
            if (entry.ByteCountWithoutZeros > long.MaxValue)
                throw Fault($"holds '{entry.Name}' as {entry.Describe()}, which needs more than any file can hold");
            if (entry.Begin < 0 || entry.End < entry.Begin || entry.End > size)
                throw Fault($"places '{entry.Name}' at bytes {entry.Begin}..{entry.End} of {size}; it is truncated or damaged");
            if (entry.Begin != expected)
                throw Fault(
                    $"places '{entry.Name}' at byte {entry.Begin} where {expected} was due: tensors must neither overlap nor leave gaps"
                );
            if (entry.Begin + (Int128)entry.ByteCount != entry.End)
                throw Fault($"gives '{entry.Name}' {entry.End - entry.Begin} bytes, but {entry.Describe()} needs {entry.ByteCount}");
            expected = entry.End;
        }
        if (expected != size)
            throw Fault($"ends {size - expected} bytes after its last tensor; it is damaged");
    }

    private WeightsException Fault(string rule) => new($"{_path} {rule}");
}
