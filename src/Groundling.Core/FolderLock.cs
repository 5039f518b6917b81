namespace Groundling.Core;

/// <summary>
/// One writer a folder: a file <c>.lock</c> in it that is held, which the system lets go of when the process ends, however it does.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private const int Tries = 5; // against others that let go of it, or only look at it, at this very moment

    private readonly string _path;
    private readonly FileStream _held;

    private FolderLock(string path, FileStream held) => (_path, _held) = (path, held);

    /// <summary>The file's name.</summary>
    public static string Name => ".lock";

    /// <summary>Takes a folder.</summary>
    /// <param name="folder">The folder; it is there.</param>
    /// <returns>To be disposed when it is written; null where another holds it.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static FolderLock? TryHold(string folder)
    {
        var path = Path.Combine(folder, Name);
        for (var i = 1; ; i++)
        {
            if (LockFile.TryHold(path, FileMode.OpenOrCreate) is { } held)
            {
                if (IsAt(path, held))
                    return new(path, held);
                held.Dispose();
            }
            if (i == Tries)
                return null;
            Thread.Sleep(1);
        }
    }

    /// <summary>Whether a folder is being written; the file alone says nothing, as a killed process leaves it.</summary>
    public static bool IsHeld(string folder)
    {
        try
        {
            // Shared: two that look at a time do not take each other for writers.
            new FileStream(Path.Combine(folder, Name), FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Lets go of it.</summary>
    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
            _held.Dispose(); // what is open cannot be removed there
        Staging.Remove(_path);
        _held.Dispose();
    }

    /// <summary>
    /// Whether the file that is held is the one of that name: its last holder may have removed it, and a third made it anew.
    /// </summary>
    private static bool IsAt(string path, FileStream held)
    {
        if (OperatingSystem.IsWindows())
            return true;
        // A time that no other has: to read the file by its name would need its lock.
        var mark = DateTime.UnixEpoch.AddSeconds(Random.Shared.Next());
        File.SetLastWriteTimeUtc(held.SafeFileHandle, mark);
        return File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(held.SafeFileHandle);
    }
}
