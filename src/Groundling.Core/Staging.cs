using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Groundling.Core;

/// <summary>
/// Where files and folders are made before they take their places: beside these, hidden, under names that nobody else gives.
/// </summary>
/// <remarks>
/// Who makes <c>.groundling-X.tmp</c> holds a lock: on the file itself, for a folder on <c>.groundling-X.lock</c> beside it. What is
/// not locked was left by a process that died, and goes when the next one begins to write into the same folder. A folder
/// <c>.groundling-X.set</c> holds files that were all on the disk: these are moved in instead.
/// </remarks>
internal static partial class Staging
{
    private const string Unfinished = ".tmp",
        Lock = ".lock",
        Set = ".set";
    private static readonly ConcurrentDictionary<string, bool> Seen = new(StringComparer.Ordinal);

    /// <summary>A new file, held until it is closed; it can be renamed before.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static FileStream NewFile(string folder, FileOptions options = FileOptions.None)
    {
        CleanOnce(folder);
        while (true)
            if (LockFile.TryHold(NewName(folder) + Unfinished, FileMode.CreateNew, FileShare.Delete, options) is { } file)
                return file;
    }

    /// <summary>A new folder, and the lock to dispose when it has its name.</summary>
    /// <exception cref="IOException">The folder around it cannot be written.</exception>
    public static (string Path, FileStream Held) NewFolder(string folder)
    {
        CleanOnce(folder);
        while (true)
        {
            var name = NewName(folder);
            if (LockFile.TryHold(name + Lock, FileMode.CreateNew, options: FileOptions.DeleteOnClose) is not { } held)
                continue;
            try
            {
                return (Directory.CreateDirectory(name + Unfinished).FullName, held);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
    }

    /// <summary>A name for what will be removed, beside a file.</summary>
    public static string NewNameBeside(string path) => NewName(Path.GetDirectoryName(Path.GetFullPath(path))!) + Unfinished;

    /// <summary>Marks a folder's files as a set to be moved in whatever happens.</summary>
    /// <returns>The folder's new name.</returns>
    public static string Commit(string unfinished)
    {
        var set = Path.ChangeExtension(unfinished, Set);
        Directory.Move(unfinished, set);
        return set;
    }

    /// <summary>Removes what dead processes left in a folder, and finishes the sets that they had begun to move in.</summary>
    public static void Clean(string folder) =>
        Quietly(() => // another cleans at the same time, or the folder cannot be written, of which whoever writes to it hears
        {
            foreach (
                var path in Directory.GetFileSystemEntries(folder, ".groundling-*").Where(path => Ours().IsMatch(Path.GetFileName(path)))
            )
                if (Directory.Exists(path))
                {
                    if (!File.Exists(Path.ChangeExtension(path, Lock)))
                        Finish(path, folder);
                }
                else if (LockFile.TryHold(path, FileMode.Open, LockFile.WhileRemoved) is { } dead)
                    using (dead)
                    {
                        foreach (var made in new[] { Unfinished, Set }.Select(kind => Path.ChangeExtension(path, kind)))
                            if (Directory.Exists(made))
                                Finish(made, folder);
                        File.Delete(path);
                    }
        });

    /// <summary>Removes a file or a folder that was being made, if it can be: the fault that ended it is the one worth reporting.</summary>
    public static void Remove(string path) =>
        Quietly(() =>
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        });

    /// <summary>Removes a set, if it can be: one that was taken back must not be moved in later.</summary>
    public static void RemoveSet(string set) =>
        Quietly(() =>
        {
            var unfinished = Path.ChangeExtension(set, Unfinished);
            Directory.Move(set, unfinished);
            Directory.Delete(unfinished, recursive: true);
        });

    /// <summary>Does what may fail where something else has failed already.</summary>
    /// <returns>Whether it was done.</returns>
    public static bool Quietly(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Moves a set into its folder.</summary>
    public static void MoveIn(string set, string folder) => Finish(set, folder);

    private static void CleanOnce(string folder)
    {
        if (Seen.TryAdd(Path.GetFullPath(folder), true))
            Clean(folder);
    }

    private static void Finish(string path, string folder)
    {
        if (path.EndsWith(Set, StringComparison.Ordinal))
        {
            foreach (var inner in Directory.GetDirectories(path))
                if (Path.GetFileName(inner) is var name && !name.StartsWith('.')) // what was replaced waits in a hidden one
                    Directory.Move(inner, Path.Combine(folder, name));
            foreach (var file in Directory.GetFiles(path))
                AtomicFile.Rename(file, Path.Combine(folder, Path.GetFileName(file)));
            DiskSync.Folder(folder);
        }
        Directory.Delete(path, recursive: true);
    }

    private static string NewName(string folder) => Path.Combine(folder, $".groundling-{Guid.NewGuid():N}");

    [GeneratedRegex(@"^\.groundling-[0-9a-f]{32}\.(tmp|lock|set)$")]
    private static partial Regex Ours();
}
