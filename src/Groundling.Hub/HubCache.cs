namespace Groundling.Hub;

/// <summary>The hub's cache on disk, laid out as the official client does, so that both share it.</summary>
/// <remarks>
/// <c>models--OWNER--NAME/blobs/ETAG</c> holds the bytes, <c>snapshots/COMMIT/PATH</c> links to them, <c>refs/REVISION</c> names a commit,
/// <c>.locks/models--OWNER--NAME/ETAG.lock</c> is held while a blob is fetched. Where no links can be made, the snapshot holds the files
/// themselves.
/// </remarks>
public sealed class HubCache
{
    // https://bford.info/cachedir: backups leave such folders out.
    private const string Tag = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of the Hugging Face hub.\n";

    private readonly HubSettings _settings;

    /// <param name="settings">Where it is.</param>
    public HubCache(HubSettings settings) => _settings = settings;

    /// <summary>The snapshot of a reference, or null where it is not in the cache. It may lack files.</summary>
    public string? Find(HubReference reference)
    {
        var commit = reference.IsCommit
            ? reference.Revision
            : ReadRef(Path.Combine(RepositoryFolder(reference), "refs", reference.Revision));
        return commit is not null && SnapshotFolder(reference, commit) is var folder && Directory.Exists(folder) ? folder : null;
    }

    /// <summary>The snapshot within a repository's folder of a cache; null where the folder is of another kind.</summary>
    /// <param name="folder">Such as <c>hub/models--OWNER--NAME</c>.</param>
    /// <returns>What <c>refs/main</c> names, or the only one there is.</returns>
    /// <exception cref="HubException">There are several and main is none of them, or there is none.</exception>
    public static string? SnapshotOf(string folder)
    {
        var snapshots = Path.Combine(folder, "snapshots");
        if (!Directory.Exists(snapshots) || Directory.Exists(Path.Combine(folder, "unet")))
        {
            var models = Directory.Exists(folder)
                ? Directory
                    .EnumerateDirectories(folder, "models--*")
                    .Select(path => Path.GetFileName(path)!)
                    .Order(StringComparer.Ordinal)
                    .ToList()
                : [];
            if (models.Count == 0 || Directory.Exists(Path.Combine(folder, "unet")))
                return null;
            throw new HubException(
                $"{folder}: is a whole cache of the hub; name one of its models: {string.Join(", ", models.Take(5).Select(name => name["models--".Length..].Replace("--", "/", StringComparison.Ordinal)))}"
            );
        }
        if (
            ReadRef(Path.Combine(folder, "refs", HubReference.UsualRevision)) is { } commit
            && Path.Combine(snapshots, commit) is var main
            && Directory.Exists(main)
        )
            return main;
        var all = Directory.EnumerateDirectories(snapshots).Order(StringComparer.Ordinal).ToList();
        return all.Count switch
        {
            1 => all[0],
            0 => throw new HubException($"{folder}: is a repository of the hub's cache without a snapshot; pull it again"),
            _ => throw new HubException(
                $"{folder}: holds {all.Count} snapshots and does not say which is main; name one: {string.Join(", ", all.Take(3))}"
            ),
        };
    }

    /// <summary>What a snapshot lacks to be a model, or null where it is whole.</summary>
    public static string? Missing(string snapshot) =>
        ModelFiles.Missing(
            Directory
                .EnumerateFiles(snapshot, "*", SearchOption.AllDirectories)
                .Where(path => Length(path) is not null)
                .Select(path => Path.GetRelativePath(snapshot, path).Replace(Path.DirectorySeparatorChar, '/'))
        );

    internal string SnapshotFolder(HubReference reference, string commit) => Path.Combine(RepositoryFolder(reference), "snapshots", commit);

    internal string SnapshotFile(HubReference reference, string commit, string path) =>
        Path.Combine([SnapshotFolder(reference, commit), .. path.Split('/')]);

    internal string Blob(HubReference reference, string etag) => Path.Combine(RepositoryFolder(reference), "blobs", etag);

    internal string LockFile(HubReference reference, string etag) =>
        Path.Combine(_settings.CacheFolder, ".locks", FolderName(reference), $"{etag}.lock");

    /// <summary>A file's bytes, or its target's where it is a link; null where there is none.</summary>
    internal static long? Length(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return null;
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true);
        return target is FileInfo { Exists: true } found ? found.Length : null;
    }

    /// <summary>
    /// Puts a blob into a snapshot: as a relative link, or itself where links cannot be made. When this returns, the disk has it.
    /// </summary>
    /// <param name="blob">The blob.</param>
    /// <param name="place">Where it goes.</param>
    /// <param name="isNew">Whether no other snapshot can know the blob, so that it may be moved.</param>
    internal void Link(string blob, string place, bool isNew)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        // Renamed into place: a reader sees the old file or the new one.
        var temporary = $"{place}.{Guid.NewGuid():N}";
        if (_settings.UseLinks && TryLink(temporary, Path.GetRelativePath(Path.GetDirectoryName(place)!, blob)))
            Core.AtomicFile.Rename(temporary, place);
        else if (isNew)
            Core.AtomicFile.Rename(blob, place);
        else
            Core.AtomicFile.Copy(blob, place);
        // The folders between were made with it, as far as they were not there.
        var repository = Path.GetDirectoryName(Path.GetDirectoryName(blob))!;
        for (var folder = Path.GetDirectoryName(place)!; folder.Length >= repository.Length; folder = Path.GetDirectoryName(folder)!)
            Core.DiskSync.Folder(folder);
    }

    private static bool TryLink(string place, string target)
    {
        try
        {
            File.CreateSymbolicLink(place, target);
            return File.Exists(place); // through the link: where links are of little use, it leads nowhere
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // Windows allows links to some users only, some disks to none
        }
    }

    /// <summary>Makes the folders of a repository, and marks the cache as one.</summary>
    internal void Prepare(HubReference reference)
    {
        foreach (
            var folder in new[]
            {
                Path.Combine(RepositoryFolder(reference), "blobs"),
                Path.Combine(_settings.CacheFolder, ".locks", FolderName(reference)),
            }
        )
            Directory.CreateDirectory(folder);
        var tag = Path.Combine(_settings.CacheFolder, "CACHEDIR.TAG");
        if (!File.Exists(tag))
            Core.AtomicFile.Write(tag, stream => stream.Write(System.Text.Encoding.ASCII.GetBytes(Tag)));
    }

    /// <summary>Notes which commit a branch or tag is at.</summary>
    internal void WriteRef(HubReference reference, string commit)
    {
        if (reference.IsCommit)
            return;
        var path = Path.Combine(RepositoryFolder(reference), "refs", reference.Revision);
        if (ReadRef(path) == commit)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Core.AtomicFile.Write(path, stream => stream.Write(System.Text.Encoding.ASCII.GetBytes(commit)));
    }

    private string RepositoryFolder(HubReference reference) => Path.Combine(_settings.CacheFolder, FolderName(reference));

    private static string FolderName(HubReference reference) =>
        $"models--{reference.Repository.Replace("/", "--", StringComparison.Ordinal)}";

    private static string? ReadRef(string path) =>
        File.Exists(path) && File.ReadAllText(path).Trim() is var commit && HubReference.Commit().IsMatch(commit) ? commit : null;
}
