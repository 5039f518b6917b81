using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>Settings of the process's memory allocator, for executables to make once, first of all, on their main thread.</summary>
public static unsafe class MemoryAllocator
{
    private const int trimThreshold = -1,
        mapThreshold = -3,
        mostArenas = -8,
        adviseHugePage = 14;
    private const int Blocks = 4;
    private const nuint BlockSize = 1 << 30; // larger ones are mapped apart from the heap
    private const nint LargePage = 1 << 21;

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
            UseLargePages();
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

    /// <summary>
    /// Lets the first gigabytes of the heap be of pages of two megabytes, where the system gives such to those that ask: new memory is
    /// cleared page by page, and of 4096 bytes each that takes as long as a convolution. Only what is used is taken from the system.
    /// </summary>
    private static void UseLargePages()
    {
        var blocks = stackalloc nint[Blocks];
        for (var i = 0; i < Blocks; i++)
        {
            blocks[i] = malloc(BlockSize); // none where a limit of the process forbids it
            if (blocks[i] == 0)
                continue;
            var start = (blocks[i] + LargePage - 1) / LargePage * LargePage;
            _ = madvise(start, BlockSize - (nuint)(start - blocks[i]), adviseHugePage);
        }
        for (var i = 0; i < Blocks; i++)
            free(blocks[i]); // the heap keeps them
    }

    [DllImport("libc")]
    private static extern nint malloc(nuint size);

    [DllImport("libc")]
    private static extern void free(nint block);

    [DllImport("libc")]
    private static extern int madvise(nint start, nuint length, int advice);

    [DllImport("libc")]
    private static extern int mallopt(int parameter, int value);

    [DllImport("libc")]
    private static extern int malloc_trim(nuint keep);
}
