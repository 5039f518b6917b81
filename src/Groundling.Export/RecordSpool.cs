using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Groundling.Core;

namespace Groundling.Export;

/// <summary>Records that wait on the disk for the file that is to hold them all.</summary>
/// <param name="folder">Where the file is to be: the same disk. Nothing is there before the first record.</param>
internal sealed class RecordSpool(string folder) : IDisposable
{
    private FileStream? _waiting;

    /// <summary>What is written here comes after what is here already.</summary>
    public Stream Stream => _waiting ??= Open();

    /// <summary>A JSON value more, with a comma before it unless it is the first.</summary>
    public void Add<T>(T record, JsonTypeInfo<T> type)
    {
        Stream.Write(_waiting!.Length == 0 ? "\n"u8 : ",\n"u8);
        JsonSerializer.Serialize(Stream, record, type);
    }

    /// <summary>All records so far.</summary>
    public void CopyTo(Stream target)
    {
        if (_waiting is null)
            return;
        _waiting.Position = 0;
        _waiting.CopyTo(target);
    }

    public void Dispose() => _waiting?.Dispose();

    private FileStream Open()
    {
        OutputPlace.Make(folder);
        return AtomicFile.Temporary(folder);
    }
}
