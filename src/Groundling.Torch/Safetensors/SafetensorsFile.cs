using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A safetensors file, memory-mapped: its tensors are used where they lie, without a copy.</summary>
/// <remarks>Format: 8 bytes of header length (little endian), a JSON header, the tensors' bytes without gaps or overlaps.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const long LongestHeader = 100_000_000;
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
            if (!File.Exists(path)) throw new WeightsException($"{path}: no such file");
            if (new FileInfo(path).Length < 8) throw Fault(path, "is shorter than the 8 bytes of a header length; download or write it again");
            mapped = new MappedFile(path);
            return new SafetensorsFile(path, mapped);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mapped?.Dispose();
            throw new WeightsException($"{path}: cannot be opened: {e.Message}", e);
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

    /// <summary>Closes the file; tensors that were read stay valid.</summary>
    public void Dispose() => _mapped.Dispose();

    private (long, Dictionary<string, SafetensorsEntry>, IReadOnlyDictionary<string, string>) ReadHeader()
    {
        var length = BinaryPrimitives.ReadUInt64LittleEndian(_mapped.Bytes(0, 8));
        if (length > LongestHeader || length > (ulong)(_mapped.Length - 8))
            throw Fault(Path, $"declares a header of {length} bytes but has {_mapped.Length} bytes in all; it is truncated or not a safetensors file");
        try
        {
            return ParseHeader(_mapped.Bytes(8, (int)length), 8 + (long)length);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Fault(Path, $"has a header that cannot be read: {e.Message}", e);
        }
    }

    private (long, Dictionary<string, SafetensorsEntry>, IReadOnlyDictionary<string, string>) ParseHeader(ReadOnlySpan<byte> json, long dataStart)
    {
        var reader = new Utf8JsonReader(json.TrimEnd((byte)' '));
        using var header = JsonDocument.ParseValue(ref reader);
        var entries = new Dictionary<string, SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        foreach (var property in header.RootElement.EnumerateObject())
        {
            if (property.Name == "__metadata__")
            {
                foreach (var pair in property.Value.EnumerateObject()) metadata[pair.Name] = pair.Value.ToString();
                continue;
            }
            var offsets = property.Value.GetProperty("data_offsets");
            if (offsets.GetArrayLength() != 2) throw Fault(Path, $"gives '{property.Name}' {offsets.GetArrayLength()} offsets; a begin and an end are needed");
            var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
            var typeName = property.Value.GetProperty("dtype").GetString() ?? "";
            if (!SafetensorsTypes.TryParse(typeName, out var type))
                throw Fault(Path, $"holds '{property.Name}' as {typeName}; known types are {SafetensorsTypes.Names}");
            var entry = new SafetensorsEntry(property.Name, type, shape, offsets[0].GetInt64(), offsets[1].GetInt64());
            if (!entries.TryAdd(property.Name, entry)) throw Fault(Path, $"names '{property.Name}' twice");
        }
        return (dataStart, entries, metadata);
    }

    private void CheckLayout()
    {
        long expected = 0;
        var size = _mapped.Length - _dataStart;
        foreach (var entry in _entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Shape.Any(n => n < 0)) throw Fault(Path, $"holds '{entry.Name}' with a negative size");
            if (entry.Begin < 0 || entry.End < entry.Begin || entry.End > size)
                throw Fault(Path, $"places '{entry.Name}' at bytes {entry.Begin}..{entry.End} of {size}; it is truncated or damaged");
            if (entry.Begin != expected)
                throw Fault(Path, $"places '{entry.Name}' at byte {entry.Begin} where {expected} was due: tensors must neither overlap nor leave gaps");
            if (entry.Begin + (Int128)entry.ByteCount != entry.End)
                throw Fault(Path, $"gives '{entry.Name}' {entry.End - entry.Begin} bytes, but {entry.Describe()} needs {entry.ByteCount}");
            expected = entry.End;
        }
        if (expected != size) throw Fault(Path, $"ends {size - expected} bytes after its last tensor; it is damaged");
    }

    private static WeightsException Fault(string path, string rule, Exception? inner = null)
        => inner is null ? new($"{path} {rule}") : new($"{path} {rule}", inner);
}
