using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>Settings of the process's memory allocator, for executables to make once at their start.</summary>
public static class MemoryAllocator
{
    private const int trimThreshold = -1, mapThreshold = -3;

    /// <summary>
    /// Keeps freed blocks for the next use instead of giving each back to the system. A 512-pixel VAE makes and frees blocks of 134 MB;
    /// having the system clear them anew every time costs more than the arithmetic on them. Only glibc has the setting.
    /// </summary>
    public static void KeepFreedBlocks()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = mallopt(mapThreshold, 1 << 30);
            _ = mallopt(trimThreshold, 1 << 30);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library: its own defaults stay.
        }
    }

    [DllImport("libc")]
    private static extern int mallopt(int parameter, int value);
}
