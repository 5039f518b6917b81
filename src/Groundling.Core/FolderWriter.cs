namespace Groundling.Core;

/// <summary>Puts several files into a folder, all or none.</summary>
public static class FolderWriter
{
    /// <summary>Writes the files in full beside their places, then moves them in one by one.</summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="files">Name and content of each.</param>
    /// <returns>The paths written.</returns>
    /// <exception cref="InputException">The folder cannot be made or written, or the disk is full; nothing is left behind.</exception>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyList<(string Name, byte[] Bytes)> files)
    {
        if (folder.Length == 0)
            throw new InputException("The output folder's name is empty; name a folder.");
        var made = new Stack<string>();
        var added = new List<string>();
        string? waiting = null;
        bool isDone = false;
        try
        {
            var target = Path.GetFullPath(folder);
            Make(target, made);
            if (files.FirstOrDefault(f => Directory.Exists(Path.Combine(target, f.Name))).Name is { } taken)
                throw new InputException(
                    $"{Path.Combine(folder, taken)} is a folder where a file is to be written; move it away or choose another output folder."
                );

            // In the folder itself: the same disk, so that moving is one step.
            waiting = Path.Combine(target, $".groundling-{Guid.NewGuid():N}");
            Directory.CreateDirectory(waiting);
            foreach (var (name, bytes) in files)
            {
                using var file = new FileStream(Path.Combine(waiting, name), FileMode.CreateNew, FileAccess.Write);
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            foreach (var (name, _) in files)
            {
                var place = Path.Combine(target, name);
                bool isNew = !File.Exists(place);
                File.Move(Path.Combine(waiting, name), place, overwrite: true);
                if (isNew)
                    added.Add(place);
            }
            isDone = true;
            return [.. files.Select(f => Path.Combine(folder, f.Name))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var reason = (waiting is null ? e.Message : e.Message.Replace(waiting, folder, StringComparison.Ordinal))
                .ReplaceLineEndings(" ")
                .TrimEnd('.', ' ');
            throw new InputException(
                $"{folder} cannot be written: {reason}; nothing was written. Choose a folder that can be written and has room.",
                e
            );
        }
        finally
        {
            Remove(waiting, isDone ? [] : added, isDone ? [] : made);
        }
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
        }
    }

    private static void Remove(string? waiting, List<string> added, Stack<string> made)
    {
        try
        {
            if (Directory.Exists(waiting))
                Directory.Delete(waiting, recursive: true);
            added.ForEach(File.Delete);
            foreach (var folder in made)
                Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What failed first is the fault worth reporting.
        }
    }
}
