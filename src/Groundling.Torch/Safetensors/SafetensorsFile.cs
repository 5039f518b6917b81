using Groundling.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A safetensors file, memory-mapped: its tensors are used where they lie, without a copy.</summary>
/// <remarks>Format: 8 bytes of header length (little endian), a JSON header, the tensors' bytes without gaps or overlaps.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private readonly MappedFile _mapped;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(string path, MappedFile mapped)
    {
        Path = path;
        _mapped = mapped;
        _header = SafetensorsHeader.Read(path, mapped.Length, mapped.Bytes);
    }

    /// <summary>Where the file lies.</summary>
    public string Path { get; }

    /// <summary>The file's tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _header.Entries;

    /// <summary>The free text pairs of the header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

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
                SafetensorsHeader.CheckLength(path, RandomAccess.GetLength(file));
            if (GitLfs.IsPointer(path))
                throw new WeightsException($"{path} {GitLfs.Advice}");
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
        var entry = _header.Entries[name];
        return _mapped.Tensor(_header.DataStart + entry.Begin, entry.Type, [.. entry.Shape]);
    }

    /// <summary>Bytes of the file.</summary>
    public long ByteCount => _mapped.Length;

    /// <summary>Closes the file; tensors that were read stay valid.</summary>
    public void Dispose() => _mapped.Dispose();
}
