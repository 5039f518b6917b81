using System.Collections.Concurrent;
using CsCheck;
using Groundling.Hub;
using Groundling.Tests.Data;

namespace Groundling.Tests.Hub;

/// <summary>Pulls over a network that fails in every way.</summary>
public sealed class NetworkFaultTests : IDisposable
{
    private const string Weights = "vae/diffusion_pytorch_model.fp16.safetensors";
    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackHub _hub = new(LoopbackHub.SmallModel(weights: 9_000));
    private readonly ConcurrentQueue<string> _notices = [];

    public void Dispose()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Connections_may_be_cut_at_any_byte()
    {
        var random = new Random(11);
        Break(
            (_, answer) =>
            {
                lock (random)
                    answer.CutAfter = random.Next(0, 3) == 0 ? null : random.Next(1, answer.Body.Length + 1);
            }
        );
        AssertWhole(await Pull());
        Assert.Contains(_hub.Requests, request => request.From > 0);
    }

    [Fact]
    public async Task Connections_may_stall_at_any_byte()
    {
        Break(
            (request, answer) =>
            {
                if (request.From == 0)
                    answer.StallAfter = 1 + (answer.Body.Length / 2);
            }
        );
        AssertWhole(await Pull());
        Assert.Equal(4, _hub.Requests.Count(request => request.From > 0));
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_asked_for_again()
    {
        var asked = 0;
        _hub.Fault = (request, answer) =>
            request.Path.StartsWith("/api/models") && Interlocked.Increment(ref asked) < 3 ? Cut(answer, 100 * asked) : answer;
        AssertWhole(await Pull());
        _hub.Fault = (request, answer) => request.Path.StartsWith("/api/models") ? Cut(answer, 100) : answer;
        Assert.Contains("the list of files breaks off", (await Assert.ThrowsAsync<HubException>(() => Pull())).Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Lengths_may_lie_once(int by)
    {
        var liedTo = new ConcurrentDictionary<string, bool>();
        Break(
            (request, answer) =>
            {
                if (liedTo.TryAdd(request.Path, true))
                    answer.Headers["Content-Length"] = $"{answer.Body.Length + by}";
            }
        );
        AssertWhole(await Pull());
    }

    [Fact]
    public async Task More_bytes_than_the_file_has_are_never_kept()
    {
        Break((_, answer) => answer.Body = [.. answer.Body, .. new byte[50]]);
        Assert.Contains("sends more than", (await Refused()).Message);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(HubTree.Repository(_folder.File("hub")), "blobs")),
            blob => new FileInfo(blob).Length > 9_000
        );
    }

    [Fact]
    public async Task A_range_that_is_answered_with_the_whole_file_begins_anew()
    {
        Break(
            (request, answer) =>
            {
                if (request.From == 0)
                    answer.CutAfter = 4_000;
                else
                    (answer.Status, answer.Body) = (
                        200,
                        _hub.Files.Single(file => request.Path.StartsWith($"/{_hub.EtagOf(file.Key)}")).Value
                    );
            }
        );
        AssertWhole(await Pull());
    }

    [Fact]
    public async Task A_range_that_is_refused_or_another_begins_anew()
    {
        var seen = new ConcurrentDictionary<string, int>();
        _hub.Fault = (request, answer) =>
            (request.Host, seen.AddOrUpdate(request.Path, 1, (_, count) => count + 1)) switch
            {
                ("store", 1) => Cut(answer, 4_000),
                ("store", 2) => HubAnswer.Of(416),
                ("store", 3) => Cut(answer, 5_000),
                ("store", 4) => new()
                {
                    Status = 206,
                    Body = answer.Body[1..],
                    Headers = { ["Content-Range"] = $"bytes 5001-8999/9000" },
                },
                _ => answer,
            };
        AssertWhole(await Pull());
    }

    [Fact]
    public async Task A_hub_that_never_sends_a_range_rightly_is_given_up()
    {
        Break(
            (request, answer) =>
            {
                if (request.From == 0)
                    answer.CutAfter = 4_000;
                else
                    answer.Headers["Content-Range"] = "bytes 0-8999/9000";
            }
        );
        Assert.Contains("another range", (await Refused()).Message);
    }

    [Fact]
    public async Task Wrong_bytes_are_never_kept()
    {
        Break((_, answer) => answer.Body[^1] ^= 1, copy: true);
        Assert.Contains("another SHA256 than the hub says", (await Refused()).Message);
        Assert.DoesNotContain(
            HubTree.Lines(_folder.File("hub")),
            line => line.Contains(_hub.EtagOf(Weights)[..20]) && line.Contains("blobs/") && !line.EndsWith(".incomplete")
        );
        _hub.Fault = (_, answer) => answer;
        AssertWhole(await Pull());
    }

    [Fact]
    public async Task Wrong_bytes_of_small_files_are_seen_too()
    {
        _hub.Fault = (request, answer) =>
        {
            if (request.IsFetch && request.Path.EndsWith("unet/config.json"))
                answer.Body = [.. answer.Body.Select(b => (byte)(b ^ 1))];
            return answer;
        };
        Assert.Contains("unet/config.json: the bytes that came have another SHA1", (await Refused()).Message);
    }

    [Fact]
    public async Task What_an_earlier_process_left_damaged_is_mended()
    {
        var blobs = Directory.CreateDirectory(Path.Combine(HubTree.Repository(_folder.File("hub")), "blobs")).FullName;
        File.WriteAllBytes(Path.Combine(blobs, $"{_hub.EtagOf(Weights)}.incomplete"), new byte[3_000]);
        File.WriteAllBytes(Path.Combine(blobs, $"{_hub.EtagOf("text_encoder/model.fp16.safetensors")}.incomplete"), new byte[30_000]);
        File.WriteAllBytes(Path.Combine(blobs, _hub.EtagOf("unet/config.json")), [1]);
        AssertWhole(await Pull());
    }

    [Fact]
    public async Task What_an_earlier_process_left_is_gone_on_with()
    {
        var blobs = Directory.CreateDirectory(Path.Combine(HubTree.Repository(_folder.File("hub")), "blobs")).FullName;
        File.WriteAllBytes(Path.Combine(blobs, $"{_hub.EtagOf(Weights)}.incomplete"), _hub.Files[Weights][..8_999]);
        AssertWhole(await Pull());
        Assert.Single(_hub.Requests, request => request.From == 8_999);
    }

    [Theory]
    [InlineData(429, "Retry-After", "1", 1)]
    [InlineData(503, "Retry-After", "1", 1)]
    [InlineData(429, "RateLimit", "\"api\";r=0;t=1", 1)]
    [InlineData(500, "Server", "x", 0)]
    [InlineData(502, "Server", "x", 0)]
    [InlineData(408, "Server", "x", 0)]
    public async Task A_hub_that_asks_to_wait_is_waited_for(int status, string header, string value, int seconds)
    {
        var told = new ConcurrentDictionary<string, bool>();
        _hub.Fault = (request, answer) =>
            request.Path.Contains("/unet/config.json") && request.Method == "HEAD" && told.TryAdd(request.Path, true)
                ? HubAnswer.Of(status, (header, value))
                : answer;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        AssertWhole(await Pull());
        Assert.True(watch.Elapsed.TotalSeconds >= seconds);
        Assert.Contains(_notices, notice => notice.Contains($"answers {status}; waits"));
    }

    [Fact]
    public async Task A_wait_of_hours_is_the_users()
    {
        _hub.Fault = (_, _) => HubAnswer.Of(429, ("Retry-After", "7200"));
        Assert.Contains("asks to wait 120 minutes", (await Refused()).Message);
    }

    [Fact]
    public async Task A_hub_that_only_fails_is_given_up()
    {
        _hub.Fault = (request, answer) => request.Host == "store" ? HubAnswer.Of(503) : answer;
        Assert.Contains("answers 503, 5 times", (await Refused()).Message);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_said_to_be_so_at_once()
    {
        _hub.Dispose();
        Assert.Contains("cannot be reached", (await Refused()).Message);
        Assert.Empty(_notices);
    }

    [Theory]
    [InlineData("X-Linked-Size", "8999", "lists 9000 bytes but answers with 8999")]
    [InlineData("X-Linked-Etag", "\"0000000000000000000000000000000000000000000000000000000000000000\"", "lists another SHA-256")]
    [InlineData("X-Linked-Etag", "\"../../../x\"", "gives no ETag")]
    [InlineData("X-Repo-Commit", "ffff", "answers with commit ffff")]
    public async Task A_hub_that_contradicts_itself_is_refused(string header, string value, string says)
    {
        _hub.Fault = (request, answer) =>
        {
            if (request.Method == "HEAD" && request.Path.Contains(Weights))
                answer.Headers[header] = value;
            return answer;
        };
        Assert.Contains(says, (await Refused()).Message);
    }

    [Fact]
    public void Any_order_of_cuts_ends_with_the_right_bytes() =>
        Gen.Int[1, 9_000]
            .Array[1, 12]
            .Sample(
                cuts =>
                {
                    using var folder = new TemporaryFolder();
                    var next = 0;
                    Break(
                        (_, answer) =>
                        {
                            if (Interlocked.Increment(ref next) is var turn && turn <= cuts.Length)
                                answer.CutAfter = Math.Min(cuts[turn - 1], answer.Body.Length);
                        }
                    );
                    var snapshot = Pull(folder.Path).GetAwaiter().GetResult();
                    AssertWhole(snapshot);
                },
                iter: 12,
                threads: 1
            );

    private static HubAnswer Cut(HubAnswer answer, int after)
    {
        answer.CutAfter = after;
        return answer;
    }

    private void Break(Action<HubRequest, HubAnswer> fault, bool copy = false) =>
        _hub.Fault = (request, answer) =>
        {
            if (request.Host != "store")
                return answer;
            if (copy)
                answer.Body = [.. answer.Body];
            fault(request, answer);
            return answer;
        };

    private async Task<string> Pull(string? cache = null)
    {
        using var pull = await ModelPull.PlanAsync(
            _hub.Settings(cache ?? _folder.File("hub"), withToken: true),
            HubReference.Parse(LoopbackHub.Name),
            notice: _notices.Enqueue
        );
        return await pull.RunAsync();
    }

    private async Task<HubException> Refused()
    {
        var fault = await Assert.ThrowsAsync<HubException>(() => Pull());
        Assert.DoesNotContain(fault.Message, char.IsControl);
        Assert.DoesNotContain(LoopbackHub.Secret, fault.ToString());
        Assert.DoesNotContain("OnlyTheStoreKnows", fault.ToString());
        Assert.All(_notices, notice => Assert.DoesNotContain("OnlyTheStoreKnows", notice));
        Assert.False(File.Exists(Path.Combine(HubTree.Repository(_folder.File("hub")), "refs/main")));
        return fault;
    }

    private void AssertWhole(string snapshot)
    {
        Assert.Null(HubCache.Missing(snapshot));
        foreach (var file in Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories))
            Assert.Equal(_hub.Files[LoopbackHub.PlaceIn(snapshot, file)], File.ReadAllBytes(file));
    }
}
