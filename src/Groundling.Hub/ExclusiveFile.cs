namespace Groundling.Hub;

/// <summary>Files that one process holds at a time.</summary>
/// <remarks>
/// A file that is not shared is locked with <c>flock</c> on Unix, and cannot be opened by another on Windows. The official client's locks
/// are the same, so that the two wait for each other; the system lets go of both when a process dies.
/// </remarks>
internal static class ExclusiveFile
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    /// <summary>Opens a file for reading and writing, alone; waits while another holds it.</summary>
    /// <param name="path">Made if it is not there.</param>
    /// <param name="waiting">Called from time to time while another holds it.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="HubException">The file cannot be opened at all.</exception>
    public static async Task<FileStream> OpenAsync(string path, Action waiting, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var stream = new FileStream(
                    path,
                    new FileStreamOptions
                    {
                        Mode = FileMode.OpenOrCreate,
                        Access = FileAccess.ReadWrite,
                        Share = FileShare.None,
                        Options = FileOptions.Asynchronous,
                        BufferSize = 0,
                    }
                );
                if (File.Exists(path))
                    return stream; // its last holder may have removed it meanwhile
                await stream.DisposeAsync();
            }
            catch (IOException e) when (IsHeld(e))
            {
                waiting();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new HubException($"{path} cannot be written: {OneLine.Of(e.Message)}; choose a cache that can be by HF_HUB_CACHE", e);
            }
            await Task.Delay(BetweenTries, stop);
        }
    }

    // EWOULDBLOCK (Linux 11, macOS 35); a sharing or lock violation on Windows.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
