namespace Groundling.Hub;

/// <summary>A blob that is not whole yet, <c>ETAG.incomplete</c>: what one process left, the next goes on with.</summary>
internal sealed class PartialFile : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly FileStream _stream;
    private readonly ContentHash _hash;

    private PartialFile(FileStream stream, ContentHash hash) => (_stream, _hash) = (stream, hash);

    /// <summary>The bytes that are there.</summary>
    public long Length { get; private set; }

    /// <summary>Opens it alone, and hashes what is there.</summary>
    /// <param name="path">Made if it is not there.</param>
    /// <param name="hash">Of the whole file; owned.</param>
    /// <param name="size">The whole file's bytes; where more are there, all are dropped.</param>
    /// <param name="waiting">Called while another process holds it.</param>
    /// <param name="stop">Ends the wait.</param>
    public static async Task<PartialFile> OpenAsync(string path, ContentHash hash, long size, Action waiting, CancellationToken stop)
    {
        var partial = new PartialFile(await ExclusiveFile.OpenAsync(path, waiting, stop), hash);
        try
        {
            if (partial._stream.Length > size)
                partial.Restart();
            var buffer = new byte[BufferBytes];
            while (await partial._stream.ReadAsync(buffer, stop) is > 0 and var count)
            {
                hash.Append(buffer.AsSpan(0, count));
                partial.Length += count;
            }
            return partial;
        }
        catch
        {
            partial.Dispose();
            throw;
        }
    }

    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        await _stream.WriteAsync(bytes, stop);
        _hash.Append(bytes.Span);
        Length += bytes.Length;
    }

    /// <summary>Drops all bytes.</summary>
    public void Restart()
    {
        _stream.SetLength(0);
        _stream.Position = 0;
        _hash.Restart();
        Length = 0;
    }

    /// <summary>Whether the whole file has the right hash.</summary>
    public bool IsRight() => _hash.IsRight();

    /// <summary>Waits until the disk has all bytes.</summary>
    public void Flush() => Core.DiskSync.File(_stream);

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }
}
