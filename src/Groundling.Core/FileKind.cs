using System.Runtime.InteropServices;
using System.Text;

namespace Groundling.Core;

/// <summary>What a name stands for, where .NET does not say.</summary>
public static class FileKind
{
    private const int CurrentFolder = -100, // AT_FDCWD
        TypeAlone = 1, // STATX_TYPE
        KindMask = 0xF000,
        Regular = 0x8000; // S_IFREG

    /// <summary>
    /// Whether a name, its links followed, stands for a pipe, a socket or a device: nothing to be replaced by a file, and reading may wait
    /// for ever.
    /// </summary>
    /// <param name="path">A file; what is not there, and a folder, is neither.</param>
    public static bool IsSpecial(string path) => File.Exists(path) && ModeOf(path) is { } mode && (mode & KindMask) != Regular;

    /// <summary>Null where the system cannot be asked.</summary>
    private static int? ModeOf(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var found = new byte[256]; // struct statx, the same on every processor
        return Statx(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, TypeAlone, found) == 0
            ? BitConverter.ToUInt16(found, 28)
            : null;
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, byte[] found);
}
