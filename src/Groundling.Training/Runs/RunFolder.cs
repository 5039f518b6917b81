using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Groundling.Core;

namespace Groundling.Training;

/// <summary>
/// The folder of a run: <c>config.json</c>, <c>run.json</c>, <c>metrics.jsonl</c>, TensorBoard's events, and
/// <c>checkpoints/last</c> and <c>checkpoints/best</c>, each of which is complete at every instant; <c>checkpoints/previous</c> is the one
/// before the last.
/// </summary>
public sealed class RunFolder : IDisposable
{
    internal const string Config = "config.json",
        Record = "run.json",
        MetricsFile = "metrics.jsonl",
        Checkpoints = "checkpoints";
    private readonly FolderLock _lock;
    private readonly bool _isNew;

    private RunFolder(string path, string configHash, FolderLock held, bool isNew)
    {
        (Path, ConfigHash, _lock, _isNew) = (path, configHash, held, isNew);
        Metrics = new(System.IO.Path.Combine(path, MetricsFile));
        var checkpoints = Directory.CreateDirectory(System.IO.Path.Combine(path, Checkpoints)).FullName;
        (Last, Best) = (new(checkpoints, "last", "previous"), new(checkpoints, "best"));
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>The checkpoint to go on from.</summary>
    public CheckpointFolder Last { get; }

    /// <summary>The checkpoint with the best score.</summary>
    public CheckpointFolder Best { get; }

    /// <summary>The run's numbers.</summary>
    public MetricsLog Metrics { get; }

    /// <summary>SHA-256 of the run's <c>config.json</c>.</summary>
    internal string ConfigHash { get; }

    /// <summary>Makes the folder of a new run, or opens that of one to go on with.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="config">The whole config as JSON, defaults included.</param>
    /// <param name="record">Where the run comes from; of a run that goes on its start is added.</param>
    /// <param name="resume">Whether to go on with a run.</param>
    /// <param name="defaults">What the config is where nothing is set, as JSON: what keys that a run's config lacks have been.</param>
    /// <param name="mayDiffer">Full keys of the config, such as "train.threads", that may differ when a run goes on.</param>
    /// <exception cref="InputException">
    /// There is something else, or no run to go on with, or its config is another; or it is going on in another process.
    /// </exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static RunFolder Open(
        string path,
        string config,
        RunRecord record,
        bool resume,
        string defaults = "{}",
        params IReadOnlyCollection<string> mayDiffer
    )
    {
        if (path.Length == 0)
            throw new InputException("the folder's name is empty: name one").About("out");
        if (File.Exists(path))
            throw new InputException($"{path} is a file; name a folder for the run");
        return resume ? GoOn(path, config, record, defaults, mayDiffer) : Begin(path, config, record);
    }

    /// <summary>
    /// Takes back a run that was begun here and could not make a step, so that the command can be given again; anything else stays.
    /// </summary>
    public void TakeBack()
    {
        if (!_isNew || Metrics.Length > 0)
            return;
        Metrics.Dispose();
        try
        {
            // It held nothing else when the run was begun.
            foreach (var folder in Directory.GetDirectories(Path).Where(folder => !IsRemains(folder)))
                Directory.Delete(folder, recursive: true);
            foreach (var file in Directory.GetFiles(Path).Where(file => !IsRemains(file)))
                File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // what ended the run is the fault worth reporting
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        Metrics.Dispose();
        _lock.Dispose();
    }

    private static RunFolder Begin(string path, string config, RunRecord record)
    {
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsRemains(entry)))
            throw IsRun(path)
                ? new InputException($"{path} holds a run already; go on with it, or name another folder").About("resume", "out")
                : new InputException($"{path} is not empty and holds no run; name another folder").About("out");
        Directory.CreateDirectory(path);
        var held = Hold(path);
        try
        {
            AtomicFile.WriteText(System.IO.Path.Combine(path, Config), config + "\n");
            RunJson.Write(System.IO.Path.Combine(path, Record), record);
            return new(path, Hash(config + "\n"), held, isNew: true);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static RunFolder GoOn(string path, string config, RunRecord record, string defaults, IReadOnlyCollection<string> mayDiffer)
    {
        if (!IsRun(path))
            throw new InputException($"{path} holds no run to go on with ({Config} is missing); begin one").About("resume");
        var (file, begun) = (System.IO.Path.Combine(path, Config), File.ReadAllText(System.IO.Path.Combine(path, Config)));
        try
        {
            if (ConfigDifference.Between(begun, config, defaults, mayDiffer) is var (key, before, now))
                throw new InputException(
                    $"{path} was begun with {key} {before}, this command has {now}; give the same, or name another folder"
                ).About("out");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter of texts that are no Unicode
        {
            throw new InputException($"{file} is not JSON: {e.Message}", e);
        }
        var folder = new RunFolder(path, Hash(begun), Hold(path), isNew: false);
        try
        {
            folder.Last.Recover();
            folder.Best.Recover();
            var earlier = ReadRecord(System.IO.Path.Combine(path, Record));
            if (earlier is not null)
                RequireSameSources(path, earlier, record);
            RunJson.Write(
                System.IO.Path.Combine(path, Record),
                record with
                {
                    Initial = earlier?.Initial,
                    Starts = [.. earlier?.Starts ?? [], .. record.Starts],
                }
            );
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static FolderLock Hold(string path) =>
        FolderLock.TryHold(path)
        ?? throw new InputException($"{path} is in use: this run is going on in another process; wait for it to end");

    /// <summary>What a process leaves that was killed before it had begun.</summary>
    private static bool IsRemains(string entry) =>
        System.IO.Path.GetFileName(entry) == FolderLock.Name || entry.EndsWith(".tmp", StringComparison.Ordinal);

    private static bool IsRun(string path) => File.Exists(System.IO.Path.Combine(path, Config));

    /// <summary>Whether a run was begun in a folder; other folders have a file of that name, too, such as a model's parts.</summary>
    internal static bool WasBegunIn(string path) => IsRun(path) && Directory.Exists(System.IO.Path.Combine(path, Checkpoints));

    /// <summary>A run that was killed at its very beginning may have none.</summary>
    private static RunRecord? ReadRecord(string file)
    {
        if (!File.Exists(file))
            return null;
        try
        {
            return JsonSerializer.Deserialize<RunRecord>(File.ReadAllText(file), SnakeCaseJson.Indented);
        }
        catch (JsonException e)
        {
            throw new InputException($"{file} is no record of a run: {e.Message}", e);
        }
    }

    private static void RequireSameSources(string path, RunRecord before, RunRecord now)
    {
        if (before.Task != now.Task)
            throw new InputException($"{path} trains '{before.Task}', this command '{now.Task}'; name another folder").About("out");
        if (before.Data?.Content != now.Data?.Content)
            throw new InputException(
                $"{path} was begun with other data ({before.Data?.Name}, {before.Data?.Content}; now {now.Data?.Name}, {now.Data?.Content}); give the same, or name another folder"
            ).About("out");
        if (before.Model?.Content != now.Model?.Content)
            throw new InputException(
                $"{path} was begun with another frozen model ({before.Model?.Name}, {before.Model?.Content}; now {now.Model?.Name}, {now.Model?.Content}); give the same, or name another folder"
            ).About("out");
    }

    private static string Hash(string config) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(config)));
}
