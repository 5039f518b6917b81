using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Groundling.Data;
using Groundling.Tests.Cli;
using Groundling.Tests.Web;

namespace Groundling.Tests.Reliability;

/// <summary>
/// Requests that arrive whether or not those before are answered, a tenth of them hostile, on a service of its own process: how long they
/// wait, what health takes, what memory it uses; every mask is held against its answer when nobody else asked.
/// <c>-explicit only -class "*LoadCampaignTests" -showLiveOutput</c>: seconds by <c>GROUNDLING_LOAD_SECONDS</c> (60), arrivals for each that can be
/// answered by <c>GROUNDLING_LOAD_TIMES</c> (10), seed by <c>GROUNDLING_SEED</c> (1). The soak: hours with as many as can be answered.
/// </summary>
public sealed class LoadCampaignTests(TinyModel tiny, ITestOutputHelper output)
{
    private const string Caption = "[a man] on [a grey horse]";
    private const int MostMemory = 512; // MiB of requests

    private sealed record Answer(bool IsHostile, int Status, double Milliseconds);

    [Fact]
    public Task Overload_with_hostile_requests() => Run(TimeSpan.FromSeconds(3), times: 3, hostile: true, tell: false);

    [Fact(Explicit = true)]
    [Trait("Category", "Load")]
    public async Task Overload_long()
    {
        var (seconds, times) = (Campaign.Seconds("GROUNDLING_LOAD_SECONDS", 60), Campaign.Number("GROUNDLING_LOAD_TIMES", 10));
        var alone = await Run(seconds / 4, times, hostile: false, tell: true);
        var among = await Run(seconds, times, hostile: true, tell: true);
        output.WriteLine($"honest requests' median wait: {alone:F0} ms without hostile ones, {among:F0} ms among them");
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Load")]
    public Task Soak_long() => Run(Campaign.Seconds("GROUNDLING_LOAD_SECONDS", 60), times: 0.5, hostile: true, tell: true);

    /// <returns>The median of honest requests that were answered.</returns>
    private async Task<double> Run(TimeSpan length, double times, bool hostile, bool tell)
    {
        Signal.SkipUnlessThere();
        await using var service = await ServeProcess.StartAsync(tiny, "--threads", "1", "--timeout", "20", "--max-memory", $"{MostMemory}");
        var pictures = Enumerable.Range(0, 4).Select(i => ServiceHost.Picture(256, 192, 50 * i)).ToList();
        var (expected, clock) = (new List<string>(), new Stopwatch());
        foreach (var picture in pictures.Concat(pictures))
        {
            clock.Restart(); // the second time, warm, is what one takes
            expected.Add(await PhrasesAsync(await AskAsync(service, picture)));
        }
        var each = clock.Elapsed / times;
        var (before, random) = (service.ResidentBytes, new Random(Campaign.Seed));
        var (answers, health, memory) = (new ConcurrentQueue<Answer>(), new List<double>(), new List<long>());
        using var ended = new CancellationTokenSource(length);
        var watching = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                var begun = Stopwatch.GetTimestamp();
                using var answer = await service.Client.GetAsync(new Uri("/healthz", UriKind.Relative), CancellationToken.None);
                health.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                memory.Add(service.ResidentBytes);
                await Task.Delay(20, CancellationToken.None);
            }
        });
        var asked = new List<Task>();
        for (clock.Restart(); !ended.IsCancellationRequested; )
        {
            // Times between arrivals of a Poisson process.
            var wait = -Math.Log(1 - random.NextDouble()) * each;
            await Task.Delay(wait < TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1), CancellationToken.None);
            var (isHostile, which) = (hostile && random.Next(10) == 0, random.Next(1 << 20));
            asked.Add(
                Task.Run(() =>
                    isHostile ? HostileAsync(service, which, answers) : HonestAsync(service, pictures, expected, which % 4, answers)
                )
            );
            asked.RemoveAll(task => task.IsCompletedSuccessfully);
        }
        await Task.WhenAll(asked);
        await watching;
        var honest = answers.Where(answer => !answer.IsHostile).ToList();
        var waits = honest.Where(answer => answer.Status == 200).Select(answer => answer.Milliseconds).Order().ToList();
        if (tell)
            output.WriteLine(
                $"seed {Campaign.Seed}, {length.TotalSeconds:F0} s, arrivals every {each.TotalMilliseconds:F1} ms, a tenth hostile: {hostile}. "
                    + $"honest {Statuses(honest)}, of 200 p50 {At(waits, 50):F0}, p99 {At(waits, 99):F0}, p99.9 {At(waits, 99.9):F0} ms; "
                    + $"hostile {Statuses(answers.Where(answer => answer.IsHostile))}; "
                    + $"health of {health.Count} p50 {At(health.Order().ToList(), 50):F1}, p99 {At(health.Order().ToList(), 99):F1}, max {health.Max():F0} ms; "
                    + $"resident MB {before >> 20}, most {memory.Max() >> 20}, end {service.ResidentBytes >> 20}, "
                    + $"median of each quarter {string.Join(", ", memory.Chunk(memory.Count / 4 + 1).Select(part => At([.. part.Select(bytes => (double)(bytes >> 20)).Order()], 50)))}"
            );
        Assert.NotEmpty(waits);
        Assert.InRange(memory.Max() - before, long.MinValue, (long)MostMemory << 20);
        Assert.All(honest, answer => Assert.Contains(answer.Status, new[] { 200, 429, 503 }));
        Assert.All(answers.Where(answer => answer.IsHostile), answer => Assert.True(answer.Status < 500 || answer.Status == 503));
        service.Terminate();
        var (code, log) = await service.EndAsync();
        Assert.Equal(0, code);
        Assert.DoesNotContain("The service failed", log);
        return At(waits, 50);
    }

    private static async Task HonestAsync(
        ServeProcess service,
        List<byte[]> pictures,
        List<string> expected,
        int which,
        ConcurrentQueue<Answer> answers
    )
    {
        var begun = Stopwatch.GetTimestamp();
        using var answer = await AskAsync(service, pictures[which]);
        var text = answer.StatusCode == HttpStatusCode.OK ? await PhrasesAsync(answer) : null;
        answers.Enqueue(new(false, (int)answer.StatusCode, Stopwatch.GetElapsedTime(begun).TotalMilliseconds));
        if (text is not null)
            Assert.Equal(expected[which], text);
    }

    /// <summary>Bombs, bodies that stop half-way, captions and lists that are long, pictures and masks that are large.</summary>
    private static async Task HostileAsync(ServeProcess service, int which, ConcurrentQueue<Answer> answers)
    {
        var begun = Stopwatch.GetTimestamp();
        var status = 0;
        try
        {
            if (which % 5 == 0)
                await StopHalfWayAsync(service);
            else
            {
                using var form = (which % 5) switch
                {
                    1 => ServiceHost.Form(LargePicture, Caption),
                    2 => ServiceHost.Form(LargePicture, string.Concat(Enumerable.Range(0, 40).Select(i => $"[{i}] "))),
                    3 => ServiceHost.Form(Small, new string('a', 500).Replace("a", "a-") + string.Concat(Enumerable.Repeat("[dog] ", 200))),
                    _ => ServiceHost.Form(
                        Small,
                        null,
                        ("phrases", new string(';', 500_000) + string.Concat(Enumerable.Repeat("a;", 200_000)))
                    ),
                };
                using var answer = await service.Client.PostAsync(new Uri("/v1/ground", UriKind.Relative), form);
                status = (int)answer.StatusCode;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            status = 0; // closed by the service
        }
        answers.Enqueue(new(true, status, Stopwatch.GetElapsedTime(begun).TotalMilliseconds));
    }

    private static async Task StopHalfWayAsync(ServeProcess service)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, service.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /v1/ground HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 20000000\r\n\r\n"
                    + "--x\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\n"
            )
        );
        await stream.WriteAsync(new byte[8 << 20]);
        await Task.Delay(TimeSpan.FromSeconds(8));
    }

    private static readonly byte[] Small = ServiceHost.Picture();
    private static readonly byte[] LargePicture = new Picture(4000, 4000, new byte[3 * 4000 * 4000]).EncodePng();

    private static Task<HttpResponseMessage> AskAsync(ServeProcess service, byte[] picture) =>
        service.Client.PostAsync(new Uri("/v1/ground", UriKind.Relative), ServiceHost.Form(picture, Caption, ("threshold", "0.33")));

    private static async Task<string> PhrasesAsync(HttpResponseMessage answer) =>
        (await ServiceHost.Json(answer))["phrases"]!.ToJsonString();

    private static string Statuses(IEnumerable<Answer> answers) =>
        string.Join(
            ", ",
            answers.CountBy(answer => answer.Status).OrderBy(count => count.Key).Select(count => $"{count.Value} x {count.Key}")
        );

    private static double At(List<double> sorted, double percent) =>
        sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * percent / 100))];
}
