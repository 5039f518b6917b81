namespace Groundling.Core;

/// <summary>Files that appear whole or not at all: written beside their place, flushed to the disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file through <paramref name="write"/>; on any fault the old file stays and the new one is removed.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the message names the file.</exception>
    public static void Write(string path, Action<Stream> write) =>
        Place(
            path,
            temporary =>
            {
                using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
                write(stream);
                stream.Flush(flushToDisk: true);
            }
        );

    /// <summary>Copies a file; its owner may write the copy, though the source may only be read.</summary>
    /// <exception cref="IOException">
    /// The source cannot be read, the disk is full or the folder cannot be written; the message names the copy.
    /// </exception>
    public static void Copy(string source, string path) =>
        Place(
            path,
            temporary =>
            {
                File.Copy(source, temporary);
                File.SetAttributes(temporary, File.GetAttributes(temporary) & ~FileAttributes.ReadOnly);
            }
        );

    private static void Place(string path, Action<string> make)
    {
        if (path.Length == 0)
            throw new IOException("the name of the file to write is empty; name a file");
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder; name a file to write");
        var temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";
        try
        {
            make(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Remove(temporary);
            throw new IOException(
                $"{path} cannot be written: {e.Message.Replace(temporary, path, StringComparison.Ordinal).TrimEnd('.')}",
                e
            );
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    private static void Remove(string temporary)
    {
        if (File.Exists(temporary))
            File.Delete(temporary);
    }
}
