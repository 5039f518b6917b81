namespace Groundling.Tests.Hub;

/// <summary>Caches as the official client lays them out, written by hand, and the tree of any cache as lines.</summary>
internal static class HubTree
{
    public static string Repository(string cache) => Path.Combine(cache, $"models--{LoopbackHub.Name.Replace("/", "--")}");

    public static string Snapshot(string cache) => Path.Combine(Repository(cache), "snapshots", LoopbackHub.Commit);

    /// <summary>Writes what the official client writes for these files.</summary>
    public static void Write(string cache, LoopbackHub hub, IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var (blob, link) = (Path.Combine(Repository(cache), "blobs", hub.EtagOf(file)), Path.Combine(Snapshot(cache), file));
            Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.WriteAllBytes(blob, hub.Files[file]);
            File.CreateSymbolicLink(
                link,
                string.Concat(Enumerable.Repeat("../", 2 + file.Split('/').Length - 1)) + $"blobs/{hub.EtagOf(file)}"
            );
            var held = Path.Combine(cache, ".locks", Path.GetFileName(Repository(cache)), $"{hub.EtagOf(file)}.lock");
            Directory.CreateDirectory(Path.GetDirectoryName(held)!);
            File.WriteAllBytes(held, []);
        }
        Directory.CreateDirectory(Path.Combine(Repository(cache), "refs"));
        File.WriteAllText(Path.Combine(Repository(cache), "refs", "main"), LoopbackHub.Commit);
        File.WriteAllText(Path.Combine(cache, "CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n");
    }

    /// <summary>Every file and where it links to, by its place.</summary>
    public static IReadOnlyList<string> Lines(string cache) =>
        [
            .. Directory
                .EnumerateFiles(cache, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
                .Select(path =>
                    $"{Path.GetRelativePath(cache, path)}{(new FileInfo(path).LinkTarget is { } target ? $" -> {target}" : "")}"
                )
                .Order(StringComparer.Ordinal),
        ];
}
