namespace Groundling.Core;

/// <summary>Puts several files into a folder, all or none.</summary>
/// <remarks>
/// All are on the disk before the first is moved in. Where one cannot be moved, those before it are taken back. A process that dies
/// in between leaves a mixture until the next one writes into the folder, which moves in the rest first.
/// </remarks>
public static class FolderWriter
{
    /// <summary>Writes the files in full beside their places, then moves them in one by one.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="files">Name and content of each.</param>
    /// <returns>The paths written.</returns>
    /// <exception cref="InputException">
    /// The folder cannot be made or written, or the disk is full or does not take the files; nothing is left behind.
    /// </exception>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyList<(string Name, byte[] Bytes)> files)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(files);
        var made = new Stack<string>();
        var isDone = false;
        string? left = null;
        try
        {
            OutputPlace.RequireFree(folder, files.Select(file => file.Name));
            var target = Path.GetFullPath(folder);
            Make(target, made);
            WriteTo(target, files, ref left);
            isDone = true;
            return [.. files.Select(f => Path.Combine(folder, f.Name))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException(
                $"{folder} cannot be written: {FileFault.ReasonOf(e)}; {(left is null ? "nothing was written" : $"some files were replaced and could not be taken back, the others wait in {left}")}. Choose a folder that can be written and has room.",
                e
            );
        }
        finally
        {
            if (!isDone && left is null)
                Staging.Quietly(() =>
                {
                    foreach (var added in made)
                        Directory.Delete(added);
                });
        }
    }

    /// <param name="target">The folder.</param>
    /// <param name="files">Name and content of each.</param>
    /// <param name="left">Where files wait that were neither moved in nor taken back.</param>
    private static void WriteTo(string target, IReadOnlyList<(string Name, byte[] Bytes)> files, ref string? left)
    {
        // In the folder itself: the same disk, so that moving is one step.
        var (waiting, held) = Staging.NewFolder(target);
        string? set = null;
        using (held)
            try
            {
                foreach (var (name, bytes) in files)
                {
                    using var file = new FileStream(Path.Combine(waiting, name), FileMode.CreateNew, FileAccess.Write);
                    file.Write(bytes);
                    DiskSync.File(file);
                }
                DiskSync.Folder(waiting);
                set = Staging.Commit(waiting);
                DiskSync.Folder(target);
                MoveIn(set, target, files, ref left);
                Staging.Remove(set);
            }
            catch
            {
                if (set is null)
                    Staging.Remove(waiting);
                else if (left is null)
                    Staging.RemoveSet(set);
                throw;
            }
    }

    private static void MoveIn(string waiting, string target, IReadOnlyList<(string Name, byte[] Bytes)> files, ref string? left)
    {
        var earlier = Directory.CreateDirectory(Path.Combine(waiting, ".earlier")).FullName;
        var undo = new Stack<Action>();
        try
        {
            foreach (var (name, _) in files)
                undo.Push(Place(Path.Combine(waiting, name), Path.Combine(target, name), Path.Combine(earlier, name)));
            DiskSync.Folder(target);
        }
        catch
        {
            foreach (var back in undo)
                if (!Staging.Quietly(back))
                    left = waiting;
            throw;
        }
    }

    /// <returns>What takes it back.</returns>
    private static Action Place(string file, string place, string earlier)
    {
        if (File.Exists(place))
        {
            File.Replace(file, place, earlier);
            return () => File.Replace(earlier, place, file);
        }
        File.Move(file, place);
        return () => File.Move(place, file);
    }

    private static void Make(string target, Stack<string> made)
    {
        var missing = new Stack<string>();
        for (var at = target; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
            missing.Push(at);
        while (missing.TryPop(out var next))
        {
            Directory.CreateDirectory(next);
            made.Push(next);
            if (Path.GetDirectoryName(next) is { } around)
                DiskSync.Folder(around);
        }
    }
}
