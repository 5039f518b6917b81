using System.Buffers.Binary;
using System.Text.Json;
using Groundling.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A safetensors file, memory-mapped: its tensors are used where they lie, without a copy.</summary>
/// <remarks>Format: 8 bytes of header length (little endian), a JSON header, the tensors' bytes without gaps or overlaps.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const long LongestHeader = 100_000_000;
    private const int MostDimensions = 64; // libtorch's
    private readonly MappedFile _mapped;
    private readonly Dictionary<string, SafetensorsEntry> _entries;
    private readonly long _dataStart;

    private SafetensorsFile(string path, MappedFile mapped)
    {
        Path = path;
        _mapped = mapped;
        (_dataStart, _entries, Metadata) = ReadHeader();
        CheckLayout();
    }

    /// <summary>Where the file lies.</summary>
    public string Path { get; }

    /// <summary>The file's tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The free text pairs of the header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens and checks a file; no tensor is read yet.</summary>
    /// <exception cref="WeightsException">The file is missing, unreadable, or breaks a rule of the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        MappedFile? mapped = null;
        try
        {
            if (!File.Exists(path))
                throw new WeightsException($"{path}: no such file");
            using (var file = File.OpenHandle(path)) // follows a link: its own length is not the file's
                if (RandomAccess.GetLength(file) < 8)
                    throw Fault(path, "is shorter than the 8 bytes of a header length; download or write it again");
            if (GitLfs.IsPointer(path))
                throw Fault(path, GitLfs.Advice);
            mapped = new MappedFile(path);
            return new SafetensorsFile(path, mapped);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mapped?.Dispose();
            throw new WeightsException($"{path}: cannot be opened: {FileFault.ReasonOf(e)}", e);
        }
        catch
        {
            mapped?.Dispose();
            throw;
        }
    }

    /// <summary>The named tensor, in the file's own type, on the CPU; it shares the file's memory.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public Tensor Read(string name)
    {
        var entry = _entries[name];
        return _mapped.Tensor(_dataStart + entry.Begin, entry.Type, [.. entry.Shape]);
    }

    /// <summary>Bytes of the file.</summary>
    public long ByteCount => _mapped.Length;

    /// <summary>Closes the file; tensors that were read stay valid.</summary>
    public void Dispose() => _mapped.Dispose();

    private (long, Dictionary<string, SafetensorsEntry>, IReadOnlyDictionary<string, string>) ReadHeader()
    {
        var length = BinaryPrimitives.ReadUInt64LittleEndian(_mapped.Bytes(0, 8));
        if (length > LongestHeader || length > (ulong)(_mapped.Length - 8))
            throw Fault(
                Path,
                $"declares a header of {length} bytes but has {_mapped.Length} bytes in all; it is truncated or not a safetensors file"
            );
        try
        {
            return ParseHeader(_mapped.Bytes(8, (int)length), 8 + (long)length);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Fault(Path, $"has a header that cannot be read: {e.Message}", e);
        }
    }

    private (long, Dictionary<string, SafetensorsEntry>, IReadOnlyDictionary<string, string>) ParseHeader(
        ReadOnlySpan<byte> json,
        long dataStart
    )
    {
        if (json.Length > 0 && json[0] != '{')
            throw Fault(Path, "has a header that does not begin with '{'");
        var reader = new Utf8JsonReader(json);
        using var header = JsonDocument.ParseValue(ref reader);
        if (reader.Read())
            throw Fault(Path, "has a header that goes on after its end"); // blanks are all that may stand there; else this throws
        var entries = new Dictionary<string, SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        foreach (var property in Members(header.RootElement))
        {
            if (property.Name != "__metadata__")
                entries.Add(property.Name, Entry(property));
            else if (property.Value.ValueKind != JsonValueKind.Null)
                foreach (var pair in Members(property.Value))
                    metadata.Add(pair.Name, pair.Value.GetString() ?? throw Fault(Path, $"has metadata '{pair.Name}' that is not a text"));
        }
        return (dataStart, entries, metadata);
    }

    private SafetensorsEntry Entry(JsonProperty property)
    {
        var fields = Members(property.Value).ToDictionary(field => field.Name, field => field.Value);
        var offsets = fields["data_offsets"];
        if (offsets.GetArrayLength() != 2)
            throw Fault(Path, $"gives '{property.Name}' {offsets.GetArrayLength()} offsets; a begin and an end are needed");
        var shape = fields["shape"].EnumerateArray().Select(Whole).ToArray();
        if (shape.Length > MostDimensions)
            throw Fault(Path, $"holds '{property.Name}' with {shape.Length} dimensions; {MostDimensions} are supported");
        var typeName = fields["dtype"].GetString() ?? "";
        return SafetensorsTypes.TryParse(typeName, out var type)
            ? new SafetensorsEntry(property.Name, type, shape, Whole(offsets[0]), Whole(offsets[1]))
            : throw Fault(Path, $"holds '{property.Name}' as {typeName}; known types are {SafetensorsTypes.Names}");
    }

    /// <summary>An object's members; readers differ on which of two with the same name counts, so that neither does.</summary>
    private IEnumerable<JsonProperty> Members(JsonElement value)
    {
        var seen = new HashSet<string>();
        foreach (var member in value.EnumerateObject())
            yield return seen.Add(member.Name) ? member : throw Fault(Path, $"names '{member.Name}' twice");
    }

    /// <summary>A whole number as the reference reads it: -0 is a fraction there.</summary>
    private static long Whole(JsonElement value) =>
        value.GetRawText() is "-0" ? throw new FormatException("-0 is not a whole number") : value.GetInt64();

    private void CheckLayout()
    {
        long expected = 0;
        var size = _mapped.Length - _dataStart;
        foreach (var entry in _entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Shape.Any(n => n < 0))
                throw Fault(Path, $"holds '{entry.Name}' with a negative size");
            if (entry.ByteCountWithoutZeros > long.MaxValue)
                throw Fault(Path, $"holds '{entry.Name}' as {entry.Describe()}, which needs more than any file can hold");
            if (entry.Begin < 0 || entry.End < entry.Begin || entry.End > size)
                throw Fault(Path, $"places '{entry.Name}' at bytes {entry.Begin}..{entry.End} of {size}; it is truncated or damaged");
            if (entry.Begin != expected)
                throw Fault(
                    Path,
                    $"places '{entry.Name}' at byte {entry.Begin} where {expected} was due: tensors must neither overlap nor leave gaps"
                );
            if (entry.Begin + (Int128)entry.ByteCount != entry.End)
                throw Fault(Path, $"gives '{entry.Name}' {entry.End - entry.Begin} bytes, but {entry.Describe()} needs {entry.ByteCount}");
            expected = entry.End;
        }
        if (expected != size)
            throw Fault(Path, $"ends {size - expected} bytes after its last tensor; it is damaged");
    }

    private static WeightsException Fault(string path, string rule, Exception? inner = null) =>
        inner is null ? new($"{path} {rule}") : new($"{path} {rule}", inner);
}
