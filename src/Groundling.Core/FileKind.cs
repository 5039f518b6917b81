using System.Runtime.InteropServices;
using System.Text;

namespace Groundling.Core;

/// <summary>What a name stands for, and whose it is, where .NET does not say.</summary>
public static class FileKind
{
    private const int CurrentFolder = -100, // AT_FDCWD
        KindMask = 0xF000,
        Regular = 0x8000; // S_IFREG
    private const uint All = 0x7FF; // STATX_BASIC_STATS

    /// <summary>
    /// Whether a name, its links followed, stands for a pipe, a socket or a device: nothing to be replaced by a file, and reading may wait
    /// for ever. On Windows nothing does.
    /// </summary>
    /// <param name="path">A file; what is not there, and a folder, is neither.</param>
    public static bool IsSpecial(string path) => File.Exists(path) && StatusOf(path) is { } status && (status.Mode & KindMask) != Regular;

    /// <summary>
    /// Gives a new file the mode, owner and group of an old one, as far as that lets nobody read it who could not: a mode is for a file's
    /// own owner and group, and stays away where these cannot be given.
    /// </summary>
    /// <param name="made">The new file.</param>
    /// <param name="earlier">The old one.</param>
    internal static void Inherit(FileStream made, string earlier)
    {
        if (OperatingSystem.IsWindows() || StatusOf(earlier) is not { } old || StatusOf(made.Name) is not { } own)
            return;
        var isOurs = (old.User, old.Group) == (own.User, own.Group);
        if (isOurs || Chown((int)made.SafeFileHandle.DangerousGetHandle(), old.User, old.Group) == 0)
            File.SetUnixFileMode(made.SafeFileHandle, File.GetUnixFileMode(earlier));
        GC.KeepAlive(made);
    }

    /// <summary>Null where the system cannot be asked.</summary>
    private static (int Mode, uint User, uint Group)? StatusOf(string path)
    {
        var (name, found) = (Encoding.UTF8.GetBytes(path + '\0'), new byte[512]);
        if (OperatingSystem.IsLinux()) // struct statx, the same on every processor
            return Statx(CurrentFolder, name, 0, All, found) == 0 ? (Number16(found, 28), Number32(found, 20), Number32(found, 24)) : null;
        if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
            return Stat(name, found) == 0 ? (Number16(found, 4), Number32(found, 16), Number32(found, 20)) : null;
        return null;
    }

    private static int Number16(byte[] bytes, int at) => BitConverter.ToUInt16(bytes, at);

    private static uint Number32(byte[] bytes, int at) => BitConverter.ToUInt32(bytes, at);

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, byte[] found);

    [DllImport("libc", EntryPoint = "stat")]
    private static extern int Stat(byte[] path, byte[] found);

    [DllImport("libc", EntryPoint = "fchown")]
    private static extern int Chown(int file, uint user, uint group);
}
