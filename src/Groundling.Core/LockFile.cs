namespace Groundling.Core;

/// <summary>Files that say by their lock that their writer lives: the system lets go of it when a process ends, however it does.</summary>
internal static class LockFile
{
    /// <summary>Opens or makes a file that no other opens alone meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it may be there.</param>
    /// <param name="share">None where this opens it alone; Delete where the file is to be renamed while it is open.</param>
    /// <param name="options">DeleteOnClose, say.</param>
    /// <returns>Null while another holds it, or where its last holder removed it at this very moment.</returns>
    /// <exception cref="IOException">It cannot be opened at all.</exception>
    public static FileStream? TryHold(string path, FileMode mode, FileShare share = FileShare.None, FileOptions options = FileOptions.None)
    {
        try
        {
            var held = new FileStream(path, mode, FileAccess.ReadWrite, share, bufferSize: 1 << 16, options);
            if (File.Exists(path))
                return held; // opening and locking are two calls on Unix: it may have been removed in between
            held.Dispose();
            return null;
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    /// <summary>
    /// How the remains of a dead process are held while they are removed: Windows removes nothing that is not shared for it; Unix removes
    /// all, and has no other lock that excludes everybody.
    /// </summary>
    public static FileShare WhileRemoved { get; } = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    // EWOULDBLOCK (Linux 11, macOS 35); a sharing or lock violation on Windows.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
