using System.Collections.Concurrent;

namespace Groundling.Hub;

/// <summary>A model on its way from the hub into the cache: first what and how much, then the bytes.</summary>
/// <example><code>
/// using var pull = await ModelPull.PlanAsync(HubSettings.FromEnvironment(), HubReference.Parse("OWNER/NAME"));
/// Console.WriteLine($"{pull.Files.Count} files, {pull.MissingBytes / 1e9:F2} GB to fetch");
/// string folder = await pull.RunAsync();
/// </code></example>
public sealed class ModelPull : IDisposable
{
    private const int AtOnce = 4;
    private const long LongestListing = 64 << 20;
    private readonly HubSettings _settings;
    private readonly HubReference _reference;
    private readonly HubClient _client;
    private readonly HubCache _cache;

    private ModelPull(HubSettings settings, HubReference reference, HubClient client, HubListing listing, IReadOnlyList<HubFile> files) =>
        (_settings, _reference, _client, _cache, Listing, Files) = (settings, reference, client, new(settings), listing, files);

    /// <summary>What the repository holds.</summary>
    public HubListing Listing { get; }

    /// <summary>The files that Groundling reads.</summary>
    public IReadOnlyList<HubFile> Files { get; }

    /// <summary>Their bytes together.</summary>
    public long TotalBytes => Files.Sum(file => file.Size ?? 0);

    /// <summary>Bytes that are not in the cache yet; what an earlier pull left of a file counts as there.</summary>
    public long MissingBytes => Files.Sum(Missing);

    /// <summary>Lists a repository and chooses its files; nothing is written.</summary>
    /// <param name="settings">Where hub and cache are.</param>
    /// <param name="reference">The repository.</param>
    /// <param name="full">Float32 weights, where there are any.</param>
    /// <param name="notice">Told why something takes longer, a line each, from any thread.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="HubException">
    /// There is no such repository or revision, it may not be read, or it holds no model of ours.
    /// </exception>
    public static async Task<ModelPull> PlanAsync(
        HubSettings settings,
        HubReference reference,
        bool full = false,
        Action<string>? notice = null,
        CancellationToken stop = default
    )
    {
        if (settings.Offline)
            throw new HubException($"{reference} cannot be pulled: HF_HUB_OFFLINE keeps the network alone; unset it to pull");
        var client = new HubClient(settings, reference, notice ?? (_ => { }));
        try
        {
            var address = client.Address(
                $"api/models/{reference.Repository}/revision/{Uri.EscapeDataString(reference.Revision)}?blobs=true"
            );
            var listing = HubListing.Read(await ReadAsync(client, address, settings, stop), reference, HubClient.HostOf(address));
            try
            {
                return new(settings, reference, client, listing, ModelFiles.Choose(listing.Files, full));
            }
            catch (HubException e)
            {
                throw new HubException($"{reference}: {e.Message}", e);
            }
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Fetches what is missing, several files at once, and notes the revision when all are there. After any break, the same pull goes on.
    /// </summary>
    /// <param name="progress">Told how far it is, from any thread.</param>
    /// <param name="stop">Stops; what has come is kept.</param>
    /// <returns>The snapshot's folder, in the diffusers layout.</returns>
    /// <exception cref="HubException">The hub fails, a hash is wrong, or the disk has no room.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public async Task<string> RunAsync(Action<PullProgress>? progress = null, CancellationToken stop = default)
    {
        RequireRoom();
        // Where all is there, a cache that may only be read will do.
        if (Files.Any(file => HubCache.Length(_cache.SnapshotFile(_reference, Listing.Commit, file.Path)) is null))
            _cache.Prepare(_reference);
        var done = new ConcurrentDictionary<string, long>();
        var files = 0;
        void Tell() => progress?.Invoke(new(done.Values.Sum(), TotalBytes, files, Files.Count));
        var download = new FileDownload(
            _client,
            _settings,
            _reference,
            Listing.Commit,
            (file, bytes) =>
            {
                done[file.Path] = bytes;
                Tell();
            }
        );
        // Small files first: what is wrong with a model shows in them.
        await Parallel.ForEachAsync(
            Files.OrderBy(file => file.Size ?? 0),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop },
            async (file, cancelled) =>
            {
                await download.RunAsync(file, cancelled);
                Interlocked.Increment(ref files);
                Tell();
            }
        );
        _cache.WriteRef(_reference, Listing.Commit);
        return _cache.SnapshotFolder(_reference, Listing.Commit);
    }

    /// <summary>Closes its connections.</summary>
    public void Dispose() => _client.Dispose();

    private long Missing(HubFile file)
    {
        if (HubCache.Length(_cache.SnapshotFile(_reference, Listing.Commit, file.Path)) is not null)
            return 0;
        var blob = file.Sha256 is { } sha256 ? _cache.Blob(_reference, sha256) : null;
        var there = blob is null ? null : HubCache.Length(blob) ?? HubCache.Length($"{blob}.incomplete");
        return Math.Max((file.Size ?? 0) - (there ?? 0), 0);
    }

    private void RequireRoom()
    {
        var folder = Path.GetFullPath(_settings.CacheFolder);
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
            folder = parent;
        if (OperatingSystem.IsWindows() && folder.StartsWith(@"\\", StringComparison.Ordinal))
            return; // a share of another machine has no drive to ask
        var (needed, free) = (MissingBytes, new DriveInfo(folder).AvailableFreeSpace);
        if (needed > free)
            throw new HubException(
                $"{_reference} needs {needed / 1e6:N0} MB more, but {_settings.CacheFolder} has room for {free / 1e6:N0} MB; make room, or choose another cache by HF_HUB_CACHE"
            );
    }

    private static async Task<byte[]> ReadAsync(HubClient client, Uri address, HubSettings settings, CancellationToken stop)
    {
        for (var failures = 1; ; failures++)
        {
            using var answer = await client.SendAsync(HttpMethod.Get, address, 0, onlyRelative: false, patient: false, stop);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(settings.StallTimeout + settings.AnswerTimeout);
            try
            {
                await answer.Content.LoadIntoBufferAsync(LongestListing, limit.Token);
                return await answer.Content.ReadAsByteArrayAsync(limit.Token);
            }
            catch (Exception e)
                when (e is HttpRequestException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                if (failures == HubWait.Tries)
                    throw new HubException(
                        $"{HubClient.HostOf(address)}: the list of files breaks off ({OneLine.Of(e.Message)}), {failures} times; try again later",
                        e
                    );
            }
            await Task.Delay(HubWait.After(failures, settings.FirstWait), stop);
        }
    }
}
