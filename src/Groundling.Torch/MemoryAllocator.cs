using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>Settings of the process's memory allocator, for executables to make once, first of all, on their main thread.</summary>
public static class MemoryAllocator
{
    private const int trimThreshold = -1,
        mapThreshold = -3,
        mostArenas = -8;

    /// <summary>
    /// Keeps freed blocks for the next use instead of giving each back to the system. Networks make and free blocks of a hundred
    /// megabytes; having the system clear them anew, page by page, costs more than some of the arithmetic on them. It serves work on
    /// the main thread (other threads have heaps of their own), and only glibc has the settings.
    /// </summary>
    public static void KeepFreedBlocks()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = mallopt(mostArenas, 1);
            _ = mallopt(mapThreshold, int.MaxValue);
            _ = mallopt(trimThreshold, -1);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library: its own defaults stay.
        }
    }

    /// <summary>Gives freed blocks back to the system once, where more was used for a while than is needed from now on.</summary>
    public static void GiveBack()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library.
        }
    }

    [DllImport("libc")]
    private static extern int mallopt(int parameter, int value);

    [DllImport("libc")]
    private static extern int malloc_trim(nuint keep);
}
