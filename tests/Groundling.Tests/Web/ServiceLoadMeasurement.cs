using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Groundling.Data;
using Groundling.Tests.Cli;

namespace Groundling.Tests.Web;

/// <summary>
/// The service's process under one client and under 32, for GROUNDLING_LOAD_SECONDS each (20): run with
/// <c>-explicit only -class "*ServiceLoadMeasurement" -showLiveOutput</c>.
/// </summary>
public sealed class ServiceLoadMeasurement(TinyModel tiny, ITestOutputHelper output)
{
    private const string Caption = "[a man] on [a grey horse]";
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("GROUNDLING_LOAD_SECONDS") ?? "20")
    );
    private readonly List<byte[]> _pictures = [.. Enumerable.Range(0, 4).Select(i => ServiceHost.Picture(256, 192, 50 * i))];

    private sealed record Answer(HttpStatusCode Status, double Milliseconds);

    [Fact(Explicit = true)]
    [Trait("Category", "Load")]
    public async Task One_client_and_many()
    {
        Signal.SkipUnlessThere();
        await using var service = await ServeProcess.StartAsync(tiny);
        var expected = new List<string>();
        foreach (var picture in _pictures)
            expected.Add(await PhrasesAsync(await AskAsync(service, picture)));
        Assert.Equal(_pictures.Count, expected.Distinct().Count());
        output.WriteLine("clients | requests/s | 200/s | p50 ms | p95 ms | statuses | resident MB, from begin to end");
        foreach (var clients in new[] { 1, 32 })
        {
            var clock = Stopwatch.StartNew();
            var (answers, resident) = await LoadAsync(service, expected, clients);
            var seconds = clock.Elapsed.TotalSeconds;
            var times = answers.Where(answer => answer.Status == HttpStatusCode.OK).Select(answer => answer.Milliseconds).Order().ToList();
            var statuses = answers.CountBy(answer => (int)answer.Status).OrderBy(count => count.Key).ToList();
            output.WriteLine(
                $"{clients} | {answers.Count / seconds:F1} | {times.Count / seconds:F1} | {times[times.Count / 2]:F0} | {times[times.Count * 95 / 100]:F0} | "
                    + $"{string.Join(", ", statuses.Select(count => $"{count.Key}: {count.Value}"))} | {string.Join(" ", resident.Select(bytes => bytes >> 20))}"
            );
            Assert.All(statuses, count => Assert.Contains(count.Key, new[] { 200, 429 }));
            Assert.True(clients > 1 || statuses.Single().Key == 200, "a client alone is never refused");
            Assert.InRange(resident[^1] - resident[0], long.MinValue, 300L << 20);
        }
        service.Terminate();
        Assert.Equal(0, (await service.EndAsync()).Code);
    }

    private async Task<(List<Answer> Answers, List<long> Resident)> LoadAsync(ServeProcess service, List<string> expected, int clients)
    {
        var answers = new ConcurrentQueue<Answer>();
        var resident = new List<long> { service.ResidentBytes };
        var clock = Stopwatch.StartNew();
        var work = Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(client =>
                    Task.Run(async () =>
                    {
                        for (var i = client; clock.Elapsed < Span; i++)
                        {
                            var begun = Stopwatch.GetTimestamp();
                            using var answer = await AskAsync(service, _pictures[i % 4]);
                            answers.Enqueue(new(answer.StatusCode, Stopwatch.GetElapsedTime(begun).TotalMilliseconds));
                            if (answer.StatusCode == HttpStatusCode.OK)
                                Assert.Equal(expected[i % 4], await PhrasesAsync(answer));
                            else
                                await Task.Delay(200); // less than Retry-After asks for, so that the line stays full
                        }
                    })
                )
        );
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(Span / 8));
            resident.Add(service.ResidentBytes);
        }
        await work;
        return ([.. answers], resident);
    }

    private static Task<HttpResponseMessage> AskAsync(ServeProcess service, byte[] picture) =>
        service.Client.PostAsync("/v1/ground", ServiceHost.Form(picture, Caption, ("threshold", "0.33")));

    private static async Task<string> PhrasesAsync(HttpResponseMessage answer) =>
        (await ServiceHost.Json(answer))["phrases"]!.ToJsonString();
}
