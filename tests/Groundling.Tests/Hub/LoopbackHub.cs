using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Groundling.Hub;

namespace Groundling.Tests.Hub;

/// <summary>
/// A hub on 127.0.0.1 and a store of large files on 127.0.0.2, over plain sockets, so that every fault of a network can be ordered.
/// </summary>
internal sealed class LoopbackHub : IDisposable
{
    public const string Name = "groundling/tiny",
        Commit = "0123456789abcdef0123456789abcdef01234567",
        Secret = "hf_ThisMustNeverBeSeen";
    private readonly TcpListener _hub = new(IPAddress.Loopback, 0),
        _store = new(IPAddress.Parse("127.0.0.2"), 0);
    private readonly CancellationTokenSource _stop = new();

    public LoopbackHub(IReadOnlyDictionary<string, byte[]>? files = null)
    {
        Files = files ?? SmallModel();
        _hub.Start();
        _store.Start();
        _ = AcceptAsync(_hub, "hub");
        _ = AcceptAsync(_store, "store");
    }

    public string Endpoint => $"http://{_hub.LocalEndpoint}";

    /// <summary>The repository's files.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    public ConcurrentQueue<HubRequest> Requests { get; } = [];

    /// <summary>A fault on order: changes an answer before it is sent, or puts another in its place.</summary>
    public Func<HubRequest, HubAnswer, HubAnswer> Fault { get; set; } = (_, answer) => answer;

    /// <summary>Settings for this hub with a cache in a folder, impatient.</summary>
    public HubSettings Settings(string cache, bool withToken = false, bool useLinks = true) =>
        new()
        {
            Endpoint = new(Endpoint),
            CacheFolder = cache,
            Token = withToken ? new HubToken(Secret, "HF_TOKEN") : null,
            UseLinks = useLinks,
            AnswerTimeout = TimeSpan.FromSeconds(20),
            StallTimeout = TimeSpan.FromSeconds(0.5),
            FirstWait = TimeSpan.FromMilliseconds(1),
        };

    /// <summary>A folder's files, as a repository names them.</summary>
    public static Dictionary<string, byte[]> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => PlaceIn(folder, file), File.ReadAllBytes);

    /// <summary>A file's place in a folder, as a repository names it.</summary>
    public static string PlaceIn(string folder, string file) =>
        Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>A model of random bytes with everything that a published repository has beside what is needed.</summary>
    public static Dictionary<string, byte[]> SmallModel(int weights = 60_000)
    {
        var random = new Random(5);
        byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }
        byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
        return new()
        {
            ["README.md"] = Json("# tiny"),
            [".gitattributes"] = Json("*.safetensors filter=lfs"),
            ["v1-5-pruned.safetensors"] = Bytes(weights),
            ["model_index.json"] = Json("{\"_class_name\": \"StableDiffusionPipeline\"}"),
            ["scheduler/scheduler_config.json"] = Json("{}"),
            ["tokenizer/vocab.json"] = Json("{\"a\": 0}"),
            ["tokenizer/merges.txt"] = Json("#version: 0.2\n"),
            ["tokenizer/tokenizer_config.json"] = Json("{ }"),
            ["text_encoder/config.json"] = Json("{\"t\":1}"),
            ["text_encoder/model.safetensors"] = Bytes(2 * weights),
            ["text_encoder/model.fp16.safetensors"] = Bytes(weights),
            ["text_encoder/pytorch_model.bin"] = Bytes(weights),
            ["vae/config.json"] = Json("{\"v\":1}"),
            ["vae/diffusion_pytorch_model.safetensors"] = Bytes(2 * weights),
            ["vae/diffusion_pytorch_model.fp16.safetensors"] = Bytes(weights),
            ["unet/config.json"] = Json("{\"u\":1}"),
            ["unet/diffusion_pytorch_model.safetensors"] = Bytes(4 * weights),
            ["unet/diffusion_pytorch_model.non_ema.safetensors"] = Bytes(weights / 2),
            ["unet/diffusion_pytorch_model.safetensors.index.fp16.json"] = Json("{\"weight_map\":{}}"),
            ["unet/diffusion_pytorch_model-00001-of-00002.fp16.safetensors"] = Bytes(weights),
            ["unet/diffusion_pytorch_model-00002-of-00002.fp16.safetensors"] = Bytes(weights),
            ["safety_checker/model.safetensors"] = Bytes(weights),
        };
    }

#pragma warning disable CA5350                                                  // git names its blobs so
    /// <summary>A file's name among the blobs: SHA-256 of a large one, git's SHA-1 of a small one.</summary>
    public string EtagOf(string path) =>
        IsLarge(path)
            ? Convert.ToHexStringLower(SHA256.HashData(Files[path]))
            : Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {Files[path].Length}\0"), .. Files[path]]));
#pragma warning restore CA5350

    public static bool IsLarge(string path) => path.EndsWith(".safetensors") || path.EndsWith(".bin");

    public void Dispose()
    {
        if (_stop.IsCancellationRequested)
            return;
        _stop.Cancel();
        _hub.Dispose();
        _store.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, string host)
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(socket, host, _stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket, string host, CancellationToken stop)
    {
        using var owned = socket;
        try
        {
            var head = new StringBuilder();
            var buffer = new byte[4096];
            while (!head.ToString().EndsWith("\r\n\r\n"))
            {
                var count = await socket.ReceiveAsync(buffer, stop);
                if (count == 0)
                    return;
                head.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
            var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            var request = new HubRequest(
                host,
                lines[0].Split(' ')[0],
                lines[0].Split(' ')[1],
                lines
                    .Skip(1)
                    .Select(line => line.Split(": ", 2))
                    .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase)
            );
            Requests.Enqueue(request);
            await SendAsync(
                socket,
                request,
                Fault(
                    request,
                    host == "hub"
                        ? Hub(request)
                        : Bytes(request, Files.First(file => request.Path.StartsWith($"/{EtagOf(file.Key)}?")).Value)
                ),
                stop
            );
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client has left, or the test is over.
        }
    }

    private static async Task SendAsync(Socket socket, HubRequest request, HubAnswer answer, CancellationToken stop)
    {
        var headers = new Dictionary<string, string>(answer.Headers, StringComparer.OrdinalIgnoreCase) { ["Connection"] = "close" };
        headers.TryAdd("Content-Length", $"{answer.Body.Length}");
        var head = $"HTTP/1.1 {answer.Status} Said\r\n{string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head), stop);
        if (request.Method != "HEAD")
        {
            var end = Math.Min(answer.CutAfter ?? answer.StallAfter ?? int.MaxValue, answer.Body.Length);
            for (var sent = 0; sent < end; )
            {
                var count = Math.Min(answer.Slowness > TimeSpan.Zero ? 1000 : 1 << 16, end - sent);
                sent += await socket.SendAsync(answer.Body.AsMemory(sent, count), stop);
                if (answer.Slowness > TimeSpan.Zero)
                    await Task.Delay(answer.Slowness, stop);
            }
            if (answer.StallAfter is not null)
                await Task.Delay(TimeSpan.FromSeconds(30), stop);
            if (answer.CutAfter is not null)
                return;
        }
        socket.Shutdown(SocketShutdown.Send);
        // Closing at once could take back bytes that the client has not read.
        while (await socket.ReceiveAsync(new byte[256], stop) > 0) { }
    }

    private HubAnswer Hub(HubRequest request)
    {
        var path = Uri.UnescapeDataString(request.Path.Split('?')[0]);
        if (path == $"/api/models/{Name}/revision/main" || path == $"/api/models/{Name}/revision/{Commit}")
            return Listing();
        if (path.StartsWith($"/api/models/{Name}/revision/"))
            return HubAnswer.Of(404, ("X-Error-Code", "RevisionNotFound"));
        var (resolve, inner) = ($"/{Name}/resolve/{Commit}/", $"/api/resolve-cache/models/{Name}/{Commit}/");
        if (path.StartsWith(inner) && Files.TryGetValue(path[inner.Length..], out var small))
            return WithNames(Bytes(request, small), path[inner.Length..]);
        if (!path.StartsWith(resolve) || !Files.TryGetValue(path[resolve.Length..], out var bytes))
            return HubAnswer.Of(
                path.StartsWith(resolve) ? 404 : 401,
                ("X-Error-Code", path.StartsWith(resolve) ? "EntryNotFound" : "RepoNotFound")
            );
        var file = path[resolve.Length..];
        if (!IsLarge(file))
            return HubAnswer.Of(307, ("Location", inner + file));
        return WithNames(
            HubAnswer.Of(
                302,
                ("Location", $"http://{_store.LocalEndpoint}/{EtagOf(file)}?Signature=OnlyTheStoreKnows"),
                ("X-Linked-Size", $"{bytes.Length}"),
                ("X-Linked-Etag", $"\"{EtagOf(file)}\"")
            ),
            file
        );
    }

    private HubAnswer WithNames(HubAnswer answer, string file)
    {
        answer.Headers["ETag"] = $"W/\"{EtagOf(file)}\"";
        answer.Headers["X-Repo-Commit"] = Commit;
        return answer;
    }

    private static HubAnswer Bytes(HubRequest request, byte[] bytes)
    {
        if (request.From == 0)
            return new() { Body = bytes };
        if (request.From >= bytes.Length)
            return HubAnswer.Of(416);
        return new()
        {
            Status = 206,
            Body = bytes[(int)request.From..],
            Headers = { ["Content-Range"] = $"bytes {request.From}-{bytes.Length - 1}/{bytes.Length}" },
        };
    }

    private HubAnswer Listing() =>
        new()
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    id = Name,
                    sha = Commit,
                    config = new { diffusers = new { _class_name = "StableDiffusionPipeline" } },
                    siblings = Files.Select(file => new
                    {
                        rfilename = file.Key,
                        size = file.Value.Length,
                        blobId = EtagOf(file.Key),
                        lfs = IsLarge(file.Key) ? new { sha256 = EtagOf(file.Key), size = file.Value.Length } : null,
                    }),
                }
            ),
        };
}
