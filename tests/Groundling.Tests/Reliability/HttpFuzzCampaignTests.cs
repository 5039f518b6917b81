using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Groundling.Data;
using Groundling.Tests.Cli;
using Groundling.Tests.Web;

namespace Groundling.Tests.Reliability;

/// <summary>
/// A service of its own process is sent requests that were changed at random: no answer is a 5xx, nothing takes longer than two seconds,
/// and its memory comes back. The long one: as <see cref="FuzzCampaignTests"/>; so many clients as <c>GROUNDLING_FUZZ_CLIENTS</c> says (4).
/// </summary>
public sealed class HttpFuzzCampaignTests(TinyModel tiny, ITestOutputHelper output)
{
    private const int FewCases = 60,
        Longest = 2_000; // milliseconds
    private const long MayStay = 64 << 20;
    private static readonly TimeSpan Answered = TimeSpan.FromMilliseconds(400);

    private static readonly string[] Heads =
    [
        "POST /v1/ground HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n",
        "POST /v1/ground HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
        "POST /v1/trace HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
        "POST /v1/phrases HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
    ];

    [Fact]
    public Task No_request_is_a_failure_of_the_service() => Run((cases, _) => cases < FewCases);

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public Task No_request_is_a_failure_of_the_service_long() => Run(Campaign.GoesOn);

    private async Task Run(Func<long, TimeSpan, bool> goesOn)
    {
        Signal.SkipUnlessThere();
        await using var service = await ServeProcess.StartAsync(tiny, "--threads", "1");
        var (bodies, before) = (Bodies(), 0L);
        await SendAsync(service, 0, Whole(Heads[0], bodies[0][0]));
        before = service.ResidentBytes;
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<int, long>();
        var (cases, slowest, clock) = (0L, 0L, Stopwatch.StartNew());
        await Task.WhenAll(
            Enumerable
                .Range(0, Campaign.Number("GROUNDLING_FUZZ_CLIENTS", 4))
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        for (long number; goesOn(number = Interlocked.Increment(ref cases) - 1, clock.Elapsed); )
                        {
                            var request = Request(bodies, new Random(unchecked(Campaign.Seed * 1_000_003 + (int)number)));
                            var (status, took) = await SendAsync(service, number, request);
                            statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
                            Assert.True(
                                status is < 500 or 503 or 505, // 505: another version of HTTP was asked for
                                $"seed {Campaign.Seed}, case {number}: {status}: {Convert.ToBase64String(request.AsSpan(0, Math.Min(2_000, request.Length)))}"
                            );
                            slowest = Math.Max(slowest, took);
                        }
                    })
                )
        );
        using var health = await service.Client.GetAsync(new Uri("/healthz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        await Task.Delay(TimeSpan.FromSeconds(3));
        output.WriteLine(
            $"HTTP: seed {Campaign.Seed}, {cases} cases, {string.Join(", ", statuses.OrderBy(count => count.Key).Select(count => $"{count.Key}: {count.Value}"))} (0: none); "
                + $"the slowest answer took {slowest} ms; resident MB {before >> 20}, then {service.ResidentBytes >> 20}"
        );
        Assert.InRange(slowest, 0, Longest);
        Assert.InRange(service.ResidentBytes - before, long.MinValue, MayStay);
        service.Terminate();
        var (code, log) = await service.EndAsync();
        Assert.Equal(0, code);
        Assert.DoesNotContain("The service failed", log);
    }

    private static byte[] Request(List<List<byte[]>> bodies, Random random)
    {
        var kind = random.Next(Heads.Length);
        var body = Mutation.Of(bodies[kind], random);
        var head =
            random.Next(8) == 0 ? Encoding.Latin1.GetString(Mutation.Of([Encoding.ASCII.GetBytes(Heads[kind])], random)) : Heads[kind];
        return random.Next(8) == 0
            ? [.. Encoding.Latin1.GetBytes($"{head}Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8]
            : Whole(head, body);
    }

    private static byte[] Whole(string head, byte[] body) =>
        [.. Encoding.Latin1.GetBytes($"{head}Content-Length: {body.Length}\r\n\r\n"), .. body];

    /// <summary>Sends a request; an answer that does not come may be one that the service waits for the rest of.</summary>
    private static async Task<(int Status, long Milliseconds)> SendAsync(ServeProcess service, long number, byte[] request)
    {
        var begun = Stopwatch.StartNew();
        try
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(IPAddress.Loopback, service.Address.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(request);
            var (buffer, read) = (new byte[12], 0);
            using var patience = new CancellationTokenSource(number == 0 ? TimeSpan.FromSeconds(30) : Answered);
            try
            {
                while (read < buffer.Length && await stream.ReadAsync(buffer.AsMemory(read), patience.Token) is > 0 and var more)
                    read += more;
            }
            catch (OperationCanceledException)
            {
                return (0, 0);
            }
            return read == buffer.Length ? (int.Parse(Encoding.ASCII.GetString(buffer, 9, 3)), begun.ElapsedMilliseconds) : (0, 0);
        }
        catch (IOException)
        {
            return (0, 0); // the service closed it
        }
    }

    private static List<List<byte[]>> Bodies()
    {
        var picture = TinyModel.Gradient(64, 48).EncodePng();
        var text = Convert.ToBase64String(picture);
        byte[] form =
        [
            .. "--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n"u8,
            .. picture,
            .. "\r\n--x\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\n[a man] on a horse\r\n--x\r\n"u8,
            .. "Content-Disposition: form-data; name=\"size\"\r\n\r\n64\r\n--x--\r\n"u8,
        ];
        List<byte[]> Json(params string[] bodies) => [.. bodies.Select(Encoding.UTF8.GetBytes)];
        return
        [
            [form],
            Json(
                $$"""{"size":64,"threshold":0.5,"probabilities":true,"caption":"[a man] on [a horse]","image":"{{text}}"}""",
                $$"""{"size":64,"phrases":["a","b"],"method":"static","image":"{{text}}"}"""
            ),
            Json($$"""{"size":64,"phrase":0,"caption":"[a man]","image":"{{text}}"}"""),
            Json("""{"caption":"two dogs near a red car"}""", """{"caption":"[a man] on a-b-c \u00e9 \ud83d\ude00"}"""),
        ];
    }
}
