namespace Groundling.Evaluation;

/// <summary>A method to compare, by one evaluation or by several that differ in their seed.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Runs">At least one.</param>
public sealed record ComparedMethod(string Name, IReadOnlyList<ComparedRun> Runs)
{
    /// <summary>The methods of a list of names.</summary>
    /// <param name="named">
    /// A folder, or several of one method with commas between them, or NAME=FOLDER,FOLDER; without a name it is the method's own, or the
    /// folder where two have the same.
    /// </param>
    /// <param name="find">Where a folder that was named lies; null for a path as it is.</param>
    /// <exception cref="InputException">A folder cannot be compared, is named twice for one method, or two methods share a name.</exception>
    public static IReadOnlyList<ComparedMethod> ReadAll(IReadOnlyList<string> named, Func<string, string>? find = null)
    {
        ArgumentNullException.ThrowIfNull(named);
        var methods = named.Select(one => Read(one, find)).ToList();
        var own = methods.Where(m => m.Name.Length == 0).Select(OwnName).CountBy(name => name).ToDictionary();
        for (int i = 0; i < methods.Count; i++)
            if (methods[i].Name.Length == 0)
                methods[i] = methods[i] with
                {
                    Name = own[OwnName(methods[i])] == 1 ? OwnName(methods[i]) : string.Join(", ", methods[i].Runs.Select(r => r.Folder)),
                };
        var twice = methods.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1);
        return twice is null
            ? methods
            : throw new InputException($"two methods are called \"{twice.Key}\"; give them names: A=FOLDER B=FOLDER");
    }

    private static string OwnName(ComparedMethod method) => method.Runs[0].Report.Settings.Method;

    private static ComparedMethod Read(string named, Func<string, string>? find)
    {
        // Where folders are looked for elsewhere, nothing is asked of a path as it is.
        bool Exists(string path) => find is null && Path.Exists(path);
        var (name, folders) = ("", named);
        if (!Exists(named) && named.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            (name, folders) = (named[..at].Trim(), named[(at + 1)..]);
        string[] all = Exists(folders)
            ? [folders]
            : folders.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (all.Length == 0)
            throw new InputException($"\"{named}\" names no folder; name the --out folder of evaluate or score");
        if (find is not null)
            all = [.. all.Select(find)];
        if (all.GroupBy(Path.GetFullPath).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InputException($"{twice.First()} is named twice for one method; each seed counts once");
        return new(name, [.. all.Select(ComparedRun.Read)]);
    }
}
