using System.Net;

namespace Groundling.Hub;

/// <summary>
/// Brings one file into the cache: once among all processes, from where the last one stopped, and only with the right hash.
/// </summary>
/// <param name="client">The hub.</param>
/// <param name="settings">How patient to be.</param>
/// <param name="reference">The repository.</param>
/// <param name="commit">Its commit.</param>
/// <param name="progress">Told the bytes that are there, which may fall.</param>
internal sealed class FileDownload(
    HubClient client,
    HubSettings settings,
    HubReference reference,
    string commit,
    Action<HubFile, long> progress
)
{
    private const int BufferBytes = 1 << 18;
    private readonly HubCache _cache = new(settings);

    public async Task RunAsync(HubFile file, CancellationToken stop)
    {
        var place = _cache.SnapshotFile(reference, commit, file.Path);
        if (HubCache.Length(place) is { } there && (file.Size ?? there) == there)
        {
            progress(file, there);
            return;
        }
        var remote = await RemoteFile.AskAsync(client, reference, commit, file, stop);
        var blob = _cache.Blob(reference, remote.Etag);
        void Waiting() => progress(file, HubCache.Length($"{blob}.incomplete") ?? 0);
        using var held = await ExclusiveFile.OpenAsync(_cache.LockFile(reference, remote.Etag), Waiting, stop);
        if (HubCache.Length(place) != remote.Size)
        {
            var isNew = HubCache.Length(blob) != remote.Size;
            if (isNew)
                await FetchAsync(file, remote, blob, stop);
            _cache.Link(blob, place, isNew);
        }
        progress(file, remote.Size);
    }

    private async Task FetchAsync(HubFile file, RemoteFile remote, string blob, CancellationToken stop)
    {
        var path = $"{blob}.incomplete";
        var hash = new ContentHash(file.Sha256 ?? remote.Etag, remote.Size);
        using (var partial = await PartialFile.OpenAsync(path, hash, remote.Size, () => { }, stop))
        {
            var wasResumed = partial.Length > 0;
            while (true)
            {
                remote = await CompleteAsync(file, remote, partial, stop);
                if (partial.IsRight())
                    break;
                partial.Restart();
                // Damage in what an earlier process left is mended by fetching all of it; damage in what the hub sends is not.
                if (!wasResumed)
                    throw new HubException(
                        $"{reference}: {file.Path}: the bytes that came have another {hash.Name} than the hub says; nothing of it is kept; pull again, or report it to the hub"
                    );
                wasResumed = false;
            }
            partial.Flush();
        }
        Core.AtomicFile.Rename(path, blob);
        Core.DiskSync.Folder(Path.GetDirectoryName(blob)!);
    }

    /// <summary>Fetches until all bytes are there; goes on after every break, gives up when nothing comes any more.</summary>
    /// <returns>What the hub last said of the file.</returns>
    private async Task<RemoteFile> CompleteAsync(HubFile file, RemoteFile remote, PartialFile partial, CancellationToken stop)
    {
        // Only bytes that were never there before count: a file that begins anew again and again would never end.
        var most = partial.Length;
        for (var failures = 0; partial.Length < remote.Size; )
        {
            var reason = await AppendAsync(file, remote, partial, stop);
            if (partial.Length == remote.Size)
                break;
            failures = partial.Length > most ? 0 : failures + 1;
            most = Math.Max(most, partial.Length);
            if (failures == HubWait.Tries)
                throw new HubException(
                    $"{reference}: {file.Path}: {HubClient.HostOf(remote.Location)} {reason}, {failures} times; pull again later, what has come is kept"
                );
            if (failures > 0)
                await Task.Delay(HubWait.After(failures, settings.FirstWait), stop);
            // A signed address may have run out meanwhile.
            remote = await RemoteFile.AskAsync(client, reference, commit, file, stop);
        }
        return remote;
    }

    /// <summary>One request's bytes.</summary>
    /// <returns>Why no more came.</returns>
    private async Task<string> AppendAsync(HubFile file, RemoteFile remote, PartialFile partial, CancellationToken stop)
    {
        using var answer = await client.SendAsync(
            HttpMethod.Get,
            remote.Location,
            partial.Length,
            onlyRelative: false,
            patient: true,
            stop
        );
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            partial.Restart();
            return "has no such range";
        }
        var range = answer.Content.Headers.ContentRange;
        if (answer.StatusCode != HttpStatusCode.PartialContent)
            partial.Restart();
        else if (range?.From != partial.Length)
        {
            partial.Restart();
            return "answers with another range than was asked for";
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(stop);
            var buffer = new byte[BufferBytes];
            while (true)
            {
                limit.CancelAfter(settings.StallTimeout);
                var count = await ReadAsync(body, buffer, limit.Token);
                if (count == 0)
                    return $"ends after {partial.Length} of {remote.Size} bytes";
                if (partial.Length + count > remote.Size)
                {
                    partial.Restart();
                    return $"sends more than {remote.Size} bytes";
                }
                await partial.AppendAsync(buffer.AsMemory(0, count), stop);
                progress(file, partial.Length);
                if (partial.Length == remote.Size && answer.Content.Headers.ContentLength is not null)
                    return "";
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"sends nothing for {settings.StallTimeout.TotalSeconds:0.###} s";
        }
        catch (Exception e)
            when (e is HttpRequestException or HttpIOException or IOException { InnerException: System.Net.Sockets.SocketException })
        {
            return $"breaks off ({OneLine.Of((e.InnerException ?? e).Message)})";
        }
    }

    /// <summary>What a connection breaks off with, TLS's kinds too, and no fault of the disk.</summary>
    private static async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken stop)
    {
        try
        {
            return await body.ReadAsync(buffer, stop);
        }
        catch (IOException e) when (e is not HttpIOException)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }
}
