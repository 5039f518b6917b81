using System.Runtime.InteropServices;

namespace Groundling.Core;

/// <summary>Waits until the disk has what was written, and says so where it cannot have it.</summary>
/// <remarks>
/// <see cref="FileStream.Flush(bool)"/> does not: .NET takes a disk's refusal (fsync with EIO, ENOSPC or EDQUOT) for success on Unix.
/// A name in a folder is on the disk when the folder is; Windows has no such call, and writes its names in order.
/// </remarks>
public static class DiskSync
{
    private const int Interrupted = 4, // EINTR
        MayNot = 13, // EACCES
        InvalidArgument = 22; // EINVAL: what cannot be synced, such as a pipe, or a folder of some network disks

    private static readonly (FSync Sync, Open Open, Close Close)? Calls = OperatingSystem.IsWindows()
        ? null
        : (Call<FSync>("fsync"), Call<Open>("open"), Call<Close>("close"));

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, SetLastError = true)]
    private delegate int FSync(int file);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, SetLastError = true)]
    private delegate int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Close(int file);

    /// <summary>Hands what a file has been given to the disk.</summary>
    /// <exception cref="IOException">The disk does not have it: nothing that was written since the last time can be relied on.</exception>
    public static void File(FileStream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Flush(flushToDisk: Calls is null);
        if (Calls is { } calls)
            Sync(calls.Sync, (int)file.SafeFileHandle.DangerousGetHandle(), file.Name);
        GC.KeepAlive(file);
    }

    /// <summary>Hands a folder's names to the disk: files made, renamed or removed in it stay so. Not those of folders within.</summary>
    /// <exception cref="IOException">The disk does not have them.</exception>
    public static void Folder(string path) => Opened(path);

    /// <summary>Hands a folder, all files in it and all folders within to the disk.</summary>
    /// <exception cref="IOException">The disk does not have them.</exception>
    public static void Tree(string path)
    {
        foreach (var file in Directory.EnumerateFiles(path, "*", Everything))
            if (Calls is null)
                using (var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite))
                    stream.Flush(flushToDisk: true);
            else
                Opened(file);
        foreach (var folder in Directory.EnumerateDirectories(path, "*", Everything))
            Folder(folder);
        Folder(path);
    }

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private static void Opened(string path)
    {
        const int readOnly = 0;
        if (Calls is not { } calls)
            return;
        var opened = calls.Open(path, readOnly);
        if (opened < 0 && Marshal.GetLastPInvokeError() == MayNot)
            return; // a folder that may be written and not read
        if (opened < 0)
            throw Fault(path);
        try
        {
            Sync(calls.Sync, opened, path);
        }
        finally
        {
            _ = calls.Close(opened);
        }
    }

    private static void Sync(FSync call, int file, string path)
    {
        while (call(file) != 0)
            if (Marshal.GetLastPInvokeError() is var error && error == InvalidArgument)
                return;
            else if (error != Interrupted)
                throw Fault(path);
    }

    private static IOException Fault(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'", error);
    }

    /// <summary>By the program's own table, so that what is loaded before the C library stands in its place, as its tests do.</summary>
    private static T Call<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name));
}
