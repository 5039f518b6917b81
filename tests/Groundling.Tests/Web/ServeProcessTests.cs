using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Tests.Cli;

namespace Groundling.Tests.Web;

/// <summary>The service as a process of its own.</summary>
public sealed class ServeProcessTests(TinyModel tiny)
{
    [Fact]
    public async Task SIGTERM_under_load_loses_no_request_that_was_taken_in()
    {
        Signal.SkipUnlessThere();
        await using var service = await ServeProcess.StartAsync(tiny, "--threads", "1", "--queue", "6");
        var answers = new ConcurrentQueue<(HttpStatusCode Status, string Text)>();
        using var stop = new CancellationTokenSource();
        var clients = Enumerable
            .Range(0, 10)
            .Select(client =>
                Task.Run(async () =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        // No request may end without an answer: any exception here fails the test.
                        using var answer = await service.Client.PostAsync(
                            "/v1/ground",
                            ServiceHost.Form(ServiceHost.Picture(64, 64, 20 * client), "[a man] on [a grey horse]", ("size", "128"))
                        );
                        answers.Enqueue((answer.StatusCode, await answer.Content.ReadAsStringAsync()));
                        if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                            await Task.Delay(50);
                    }
                })
            )
            .ToList();
        for (var i = 0; i < 3_000 && answers.Count(answer => answer.Status == HttpStatusCode.OK) < 8; i++)
            await Task.Delay(10);
        await stop.CancelAsync(); // each client has one request under way
        service.Terminate();
        await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(60));
        var (code, log) = await service.EndAsync();
        Assert.Equal(0, code);

        var grounded = answers.Where(answer => answer.Status == HttpStatusCode.OK).ToList();
        Assert.All(grounded, answer => Assert.Equal(2, JsonNode.Parse(answer.Text)!["phrases"]!.AsArray().Count));
        Assert.All(
            answers.Where(answer => answer.Status == HttpStatusCode.ServiceUnavailable),
            answer => Assert.Contains("shutting down", answer.Text)
        );
        Assert.All(
            answers,
            answer =>
                Assert.Contains(
                    answer.Status,
                    new[] { HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable }
                )
        );
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonNode.Parse(line)!)
            .ToList();
        Assert.Equal(
            grounded.Count,
            lines.Count(line => (string?)line["State"]?["route"] == "/v1/ground" && (int)line["State"]!["status"]! == 200)
        );
        var draining = lines.FindIndex(line => ((string?)line["Message"])!.StartsWith("Draining"));
        Assert.InRange(draining, 0, lines.Count);
        Assert.Contains(lines.Skip(draining), line => (int?)line["State"]?["status"] == 200); // somebody waited when the signal came
        Assert.Equal("Stopped", (string?)lines[^1]["Message"]);
    }
}
