using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Modeling;
using Groundling.Tests.Data;
using Groundling.Tests.Method;
using Groundling.Torch;
using Groundling.Web;

namespace Groundling.Tests.Web;

/// <summary>More clients than places, keys, time limits, and the end of the service.</summary>
public sealed class ServiceLoadTests(TinyModel tiny)
{
    private const string Caption = "[a man] on [a grey horse]";

    [Fact]
    public async Task With_more_clients_than_places_each_is_answered_rightly_or_told_to_wait()
    {
        await using var host = await ServiceHost.StartAsync(tiny, new() { Queue = 16 });
        var pictures = Enumerable.Range(0, 4).Select(i => ServiceHost.Picture(64, 64, 50 * i)).ToList();
        var expected = new List<string>();
        foreach (var picture in pictures)
            expected.Add(Phrases(await ServiceHost.Json(await host.Ground(picture, Caption, ("size", "64"), ("threshold", "0.33")))));
        Assert.Equal(4, expected.Distinct().Count());
        var before = ResidentMemory.Now;
        var statuses = await Task.WhenAll(
            Enumerable
                .Range(0, 32)
                .Select(client =>
                    Task.Run(async () =>
                    {
                        var seen = new List<HttpStatusCode>();
                        for (var i = 0; i < 6; i++)
                        {
                            var which = (client + i) % 4;
                            using var answer = await host.Ground(pictures[which], Caption, ("size", "64"), ("threshold", "0.33"));
                            seen.Add(answer.StatusCode);
                            if (answer.StatusCode == HttpStatusCode.OK)
                                Assert.Equal(expected[which], Phrases(await ServiceHost.Json(answer)));
                            else
                            {
                                Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
                                Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3600);
                            }
                        }
                        return seen;
                    })
                )
        );
        Assert.Contains(HttpStatusCode.OK, statuses.SelectMany(seen => seen));
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses.SelectMany(seen => seen));
        Assert.InRange(ResidentMemory.Now - before, long.MinValue, 200L << 20);
        Assert.Equal(0, (await Gauge(host, "groundling_queue_length")));
    }

    [Fact]
    public async Task A_picture_that_takes_too_long_by_itself_is_503()
    {
        await using var host = await ServiceHost.StartAsync(tiny, new() { Timeout = 0.5 });
        (await host.Ground(ServiceHost.Picture(64, 64), Caption, ("size", "64"))).Dispose(); // so that the wait for the turn is short
        await ServiceHost.IsProblem(await host.Ground(ServiceHost.Picture(64, 64), Caption, ("size", "1024")), 503, "within 0.5 seconds");
    }

    [Fact]
    public async Task A_body_that_trickles_is_408_and_the_others_are_served_meanwhile()
    {
        await using var host = await ServiceHost.StartAsync(tiny, new() { Timeout = 2 });
        using var slow = new TcpClient();
        await slow.ConnectAsync(host.Address.Host, host.Address.Port);
        var stream = slow.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /v1/ground HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
            )
        );
        var answer = new StreamReader(stream).ReadToEndAsync();
        for (var i = 0; i < 300 && !answer.IsCompleted; i++)
        {
            if (i == 5)
                await ServiceHost.Json(await host.Ground(ServiceHost.Picture(), Caption, ("size", "64")));
            try
            {
                await stream.WriteAsync(new byte[] { (byte)' ' });
            }
            catch (IOException)
            {
                break; // hung up on
            }
            await Task.Delay(100);
        }
        var text = await answer.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.StartsWith("HTTP/1.1 408", text);
        Assert.Contains("within 2 seconds", text);
        Assert.Contains("Connection: close", text);
        await ServiceHost.Json(await host.Ground(ServiceHost.Picture(), Caption, ("size", "64")));
        Assert.Equal(0, await Gauge(host, "groundling_queue_length"));
    }

    [Fact]
    public async Task The_key_opens_and_nothing_else_does()
    {
        await using var host = await ServiceHost.StartAsync(tiny, new() { ApiKey = "open-sesame" });
        var refused = await host.Ground(ServiceHost.Picture(), Caption);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.Single().Scheme);
        await ServiceHost.IsProblem(refused, 401, "Authorization: Bearer KEY");
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/")).StatusCode);
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", "open-sesamf");
        await ServiceHost.IsProblem(await host.Client.GetAsync("/v1/model"), 401, "not the service's");
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", "open-sesame");
        await ServiceHost.Json(await host.Ground(ServiceHost.Picture(), Caption, ("size", "64")));
    }

    [Fact]
    public async Task Pages_of_other_sites_need_leave()
    {
        await using var closed = await ServiceHost.StartAsync(tiny);
        await ServiceHost.IsProblem(await From(closed, "https://other.example"), 403, "other sites");
        await using var open = await ServiceHost.StartAsync(tiny, new() { Cors = "https://friend.example" });
        await ServiceHost.IsProblem(await From(open, "https://other.example"), 403, "other sites");
        var welcome = await From(open, "https://friend.example");
        Assert.Equal("https://friend.example", welcome.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(HttpStatusCode.OK, welcome.StatusCode);
    }

    /// <summary>Browsers send no Sec-Fetch-Site over plain HTTP between machines, and "same-site" from another port of one machine.</summary>
    [Theory]
    [InlineData("https://other.example", null, 403)]
    [InlineData("null", null, 403)]
    [InlineData("http://127.0.0.1:1", null, 403)]
    [InlineData("http://127.0.0.1:1", "same-site", 403)]
    [InlineData(null, "same-site", 403)]
    [InlineData(null, "cross-site", 403)]
    [InlineData("http://{own}", null, 200)]
    [InlineData("http://{own}", "same-origin", 200)]
    [InlineData("https://behind.a.proxy", "same-origin", 200)]
    [InlineData(null, "none", 200)]
    [InlineData(null, null, 200)]
    public async Task Pages_of_other_origins_are_known_by_either_header(string? origin, string? site, int status)
    {
        await using var host = await ServiceHost.StartAsync(tiny);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/model");
        if (origin is not null)
            request.Headers.Add("Origin", origin.Replace("{own}", host.Address.Authority));
        if (site is not null)
            request.Headers.Add("Sec-Fetch-Site", site);
        Assert.Equal(status, (int)(await host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Trained_parts_are_named_without_their_place()
    {
        using var folder = new TemporaryFolder();
        using (var trained = TinyGrounding.Build(tiny))
            GroundingFolder.Save(folder.File("run"), trained);
        await using var host = await ServiceHost.StartAsync(tiny, trained: folder.File("run"));
        var text = (await ServiceHost.Json(await host.Ground(ServiceHost.Picture(), Caption, ("size", "64")))).ToJsonString();
        Assert.Contains("\"trained\":\"run\"", text);
        Assert.DoesNotContain(folder.Path, text);
    }

    [Fact]
    public async Task A_name_that_was_made_to_lead_here_is_not_answered()
    {
        await using var host = await ServiceHost.StartAsync(tiny);
        await using var known = await ServiceHost.StartAsync(tiny, new() { AllowedHosts = ["example.org"] });
        await using var any = await ServiceHost.StartAsync(tiny, new() { AllowedHosts = ["*"] });
        foreach (var path in new[] { "/v1/model", "/", "/metrics", "/openapi/v1.json" })
            await ServiceHost.IsProblem(await Named(host, "evil.example", path), 421, "does not answer to this name");
        foreach (
            var name in new[] { "localhost", "LOCALHOST:8080", "a.localhost", "127.0.0.1", "10.1.2.3:80", "[::1]:8080", Dns.GetHostName() }
        )
            Assert.Equal((name, HttpStatusCode.OK), (name, (await Named(host, name, "/v1/model")).StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await Named(known, "Example.org", "/v1/model")).StatusCode);
        await ServiceHost.IsProblem(await Named(known, "sub.example.org", "/v1/model"), 421, "does not answer to this name");
        Assert.Equal(HttpStatusCode.OK, (await Named(any, "evil.example", "/v1/model")).StatusCode);
        Assert.Contains(
            "without scheme and port",
            Assert.Throws<InputException>(() => new ServerOptions { AllowedHosts = ["http://example.org"] }.Validated()).Message
        );

        static Task<HttpResponseMessage> Named(ServiceHost host, string name, string path) =>
            host.Client.SendAsync(new(HttpMethod.Get, path) { Headers = { Host = name } });
    }

    [Fact]
    public async Task At_the_end_every_request_that_was_taken_in_has_its_answer()
    {
        var host = await ServiceHost.StartAsync(tiny, new() { Queue = 24 });
        await using (host)
        {
            // Slow enough to be waiting still when the service is stopped: large ones, which may have half of the places.
            var asked = Enumerable
                .Range(0, 12)
                .Select(i => host.Ground(ServiceHost.Picture(64, 64, 20 * i), Caption, ("size", "320")))
                .ToList();
            for (var i = 0; i < 500 && await Gauge(host, "groundling_queue_length") < 8; i++)
                await Task.Delay(5);
            host.Stop();
            await ServiceHost.IsProblem(await host.Client.GetAsync("/readyz"), 503, "shutting down");
            await ServiceHost.IsProblem(await host.Ground(ServiceHost.Picture(), Caption), 503, "shutting down");
            var answers = await Task.WhenAll(asked);
            Assert.All(
                answers,
                answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable })
            );
            Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.OK), 8, 12);
            await host.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        }
        Assert.Contains("Stopped", host.Log);
    }

    private static string Phrases(JsonNode answer) => answer["phrases"]!.ToJsonString();

    private static async Task<double> Gauge(ServiceHost host, string name) =>
        double.Parse((await host.Client.GetStringAsync("/metrics")).Split('\n').Single(line => line.StartsWith(name + "{")).Split(' ')[^1]);

    private static Task<HttpResponseMessage> From(ServiceHost host, string origin) =>
        host.Client.SendAsync(new(HttpMethod.Get, "/v1/model") { Headers = { { "Origin", origin }, { "Sec-Fetch-Site", "cross-site" } } });
}
