namespace Groundling.Hub;

/// <summary>What the hub says of a file before it is fetched.</summary>
/// <param name="Etag">Its name among the blobs: SHA-256 of a large file, git's SHA-1 of a small one.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Location">Where the bytes are; may be signed, and good for a short time only.</param>
internal sealed record RemoteFile(string Etag, long Size, Uri Location)
{
    /// <summary>
    /// Asks without fetching; a redirect to a store of large files is not followed, as its own answer knows nothing of commits.
    /// </summary>
    /// <exception cref="HubException">The file cannot be had, or what is said of it contradicts the listing.</exception>
    public static async Task<RemoteFile> AskAsync(
        HubClient client,
        HubReference reference,
        string commit,
        HubFile file,
        CancellationToken stop
    )
    {
        var address = client.Address(
            $"{reference.Repository}/resolve/{commit}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}"
        );
        using var answer = await client.SendAsync(HttpMethod.Head, address, 0, onlyRelative: true, patient: true, stop);
        HubException Fault(string what) =>
            new($"{reference}: {file.Path}: {HubClient.HostOf(address)} {what}; is HF_ENDPOINT a hub? try again later");
        string? Header(string name) => answer.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
        var asked = answer.RequestMessage!.RequestUri!;
        if (Header("X-Repo-Commit") is { } at && at != commit)
            throw Fault($"answers with commit {OneLine.Of(at)}, not with {commit}");
        var etag = (Header("X-Linked-Etag") ?? Header("ETag") ?? "").Replace("W/", "", StringComparison.Ordinal).Trim('"');
        if (etag.Length is 0 or > 128 || !etag.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_'))
            throw Fault("gives no ETag");
        if (file.Sha256 is { } listed && etag.Length == 64 && !etag.Equals(listed, StringComparison.OrdinalIgnoreCase))
            throw Fault("lists another SHA-256 than it answers with");
        var location = Header("Location") is { } elsewhere ? HubClient.Target(asked, elsewhere) : asked;
        var size =
            long.TryParse(Header("X-Linked-Size"), out var linked) ? linked
            : location == asked ? answer.Content.Headers.ContentLength
            : null;
        size ??= file.Size;
        if (size is null)
            throw Fault("gives no size");
        return file.Size is { } told && told != size
            ? throw Fault($"lists {told} bytes but answers with {size}")
            : new(etag, size.Value, location);
    }
}
