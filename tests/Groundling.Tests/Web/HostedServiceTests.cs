using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Hosting;
using Groundling.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Groundling.Tests.Web;

/// <summary>The model among an application's services, and the service below an address of somebody's own ASP.NET application.</summary>
public sealed class HostedServiceTests(TinyModel tiny)
{
    private const string Marked = "[a man] on [two grey horses]";

    [Fact]
    public async Task An_application_has_the_service_below_an_address_of_its_own()
    {
        await using var app = await StartAsync(new() { ["Model:ModelFolder"] = tiny.Path, ["Service:MaxMegabytes"] = "2" });
        var client = app.GetTestClient();
        await ReadyAsync(client);
        var picture = ServiceHost.Picture();
        var answer = await ServiceHost.Json(
            await client.PostAsync("/ground/v1/ground", ServiceHost.Form(picture, Marked, ("size", "64"), ("threshold", "0.2")))
        );
        var expected = tiny.Pipeline.Ground(
            Picture.Decode(picture, "a"),
            Caption.ParseBrackets(Marked),
            new() { Size = 64, Threshold = 0.2 }
        );
        Assert.Equal(
            expected.Phrases.Select(phrase => phrase.Mask.ToCompressed()),
            answer["phrases"]!.AsArray().Select(phrase => (string)phrase!["segmentation"]!["counts"]!)
        );

        // The application's own routes and answers stay its own.
        Assert.Equal("hello", await client.GetStringAsync("/"));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/model")).StatusCode);
        Assert.False((await client.GetAsync("/")).Headers.Contains("Content-Security-Policy"));
        Assert.Equal(2, (int)(await ServiceHost.Json(await client.GetAsync("/ground/v1/model")))["max_megabytes"]!);
    }

    [Fact]
    public async Task Refusals_are_problems_though_the_application_handles_no_exceptions()
    {
        await using var app = await StartAsync(new() { ["Model:ModelFolder"] = tiny.Path, ["Service:ApiKey"] = "open-sesame" });
        var client = app.GetTestClient();
        await ServiceHost.IsProblem(await client.GetAsync("/ground/v1/model"), 401, "Authorization: Bearer KEY");
        client.DefaultRequestHeaders.Authorization = new("Bearer", "open-sesame");
        await ReadyAsync(client);
        await ServiceHost.IsProblem(
            await client.PostAsync("/ground/v1/ground", ServiceHost.Form(ServiceHost.Picture(), "no [end")),
            400,
            "never closed",
            "caption"
        );
        await ServiceHost.IsProblem(await client.GetAsync("/ground/v1/samples/none.png"), 404, "nothing at this address");
    }

    [Fact]
    public async Task The_page_finds_its_files_and_the_service_below_its_address()
    {
        await using var app = await StartAsync(
            new() { ["Model:ModelFolder"] = tiny.Path, ["Service:Samples"] = Path.Combine(Shared.Root, "samples") }
        );
        var client = app.GetTestClient();
        var moved = await client.GetAsync("/ground");
        Assert.Equal((HttpStatusCode.Found, "/ground/"), (moved.StatusCode, moved.Headers.Location!.ToString()));
        var page = await client.GetStringAsync("/ground/");
        foreach (var (begin, end) in new[] { ("src=\"", "\""), ("href=\"", "\"") })
        foreach (var address in page.Split(begin).Skip(1).Select(rest => rest[..rest.IndexOf(end, StringComparison.Ordinal)]))
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(new("http://localhost/ground/"), address))).StatusCode);
        Assert.DoesNotContain("call(\"/", await client.GetStringAsync("/ground/service.js"));
        var samples = await ServiceHost.Json(await client.GetAsync("/ground/v1/samples"));
        Assert.Equal("image/png", (await client.GetAsync((string)samples[0]!["picture"]!)).Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task HEAD_is_answered_wherever_GET_is()
    {
        await using var app = await StartAsync(new() { ["Model:ModelFolder"] = tiny.Path });
        foreach (var address in new[] { "/ground/", "/ground/app.js", "/ground/v1/model", "/ground/v1/samples" })
        {
            var answer = await app.GetTestClient().SendAsync(new(HttpMethod.Head, address));
            Assert.Equal((address, HttpStatusCode.OK), (address, answer.StatusCode));
        }
        Assert.Equal(
            HttpStatusCode.MethodNotAllowed,
            (await app.GetTestClient().SendAsync(new(HttpMethod.Head, "/ground/v1/ground"))).StatusCode
        );
    }

    [Fact]
    public async Task An_application_may_be_disposed_while_the_model_opens_and_warms()
    {
        for (var wait = 0; wait < 10; wait++)
        {
            var app = await StartAsync(new() { ["Model:ModelFolder"] = tiny.Path });
            var work = app
                .Services.GetServices<IHostedService>()
                .OfType<BackgroundService>()
                .Select(service => service.ExecuteTask!)
                .ToList();
            await Task.Delay(wait * 20, TestContext.Current.CancellationToken);
            await app.DisposeAsync();
            Assert.NotEmpty(work);
            foreach (var task in work)
                if (await Record.ExceptionAsync(() => task) is { } fault and not OperationCanceledException)
                    Assert.Fail(fault.ToString());
        }
    }

    [Fact]
    public async Task One_model_serves_routes_and_services_and_its_health_is_told()
    {
        await using var app = await StartAsync(new() { ["Model:ModelFolder"] = tiny.Path });
        await ReadyAsync(app.GetTestClient());
        var model = app.Services.GetRequiredService<SharedModel>();
        var pipeline = app.Services.GetRequiredService<IGroundingPipeline>();
        Assert.Same(
            await model.OpenAsync(TestContext.Current.CancellationToken),
            await model.OpenAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal((tiny.Pipeline.Origin, tiny.Pipeline.NativeSize), (pipeline.Origin, pipeline.NativeSize));
        var health = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Healthy, health.Entries[GroundlingServices.HealthCheck].Status);
    }

    [Fact]
    public async Task A_model_that_cannot_be_opened_ends_the_application_and_its_health_says_why()
    {
        using var folder = new Tests.Data.TemporaryFolder();
        folder.Write("model_index.json", "{}"u8.ToArray());
        await using var app = await StartAsync(new() { ["Model:ModelFolder"] = folder.Path });
        var stopped = new TaskCompletionSource();
        using var stopping = app.Lifetime.ApplicationStopping.Register(stopped.SetResult);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAnyAsync<GroundlingException>(() => app.Services.GetRequiredService<SharedModel>().OpenAsync());
        var health = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            (HealthStatus.Unhealthy, fault.Message),
            (health.Entries[GroundlingServices.HealthCheck].Status, health.Entries[GroundlingServices.HealthCheck].Description)
        );
    }

    [Theory]
    [InlineData("Model:ModelFolder", "nowhere", "'nowhere' does not exist")]
    [InlineData("Model:ModelFolder", "", "no model folder is named")]
    [InlineData("Model:TrainedParts", "nowhere", "'nowhere' does not exist")]
    [InlineData("Model:TrainedParts", " ", "TrainedParts is empty")]
    [InlineData("Model:Modelfoldr", "x", "Modelfoldr")]
    [InlineData("Service:Queue", "0", "queue is 0")]
    [InlineData("Service:Queue", "many", "Queue")]
    [InlineData("Service:Cors", "example.org", "not an origin")]
    [InlineData("Service:Quue", "3", "Quue")]
    public async Task Unusable_settings_end_the_application_at_its_start_and_are_named(string key, string value, string says)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(new() { ["Model:ModelFolder"] = tiny.Path, [key] = value }));
        Assert.Contains(says, fault.ToString());
        Assert.True(fault is OptionsValidationException or InvalidOperationException, fault.ToString());
    }

    [Fact]
    public void Routes_without_services_say_what_to_call() =>
        Assert.Contains(
            "AddGroundlingEndpoints",
            Assert.Throws<InvalidOperationException>(() => WebApplication.CreateSlimBuilder().Build().MapGroundling("/ground")).Message
        );

    [Fact]
    public async Task Groundings_are_traced_below_their_request_and_measured()
    {
        await using var app = await StartAsync(new() { ["Model:ModelFolder"] = tiny.Path });
        await ReadyAsync(app.GetTestClient());
        var made = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is GroundlingDiagnostics.Name or "Test.Client" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = made.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var durations = new ConcurrentQueue<double>();
        var factory = app.Services.GetRequiredService<IMeterFactory>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, on) =>
            {
                if (instrument.Meter.Scope == factory && instrument.Name == "groundling.ground.duration")
                    on.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<double>((_, value, _, _) => durations.Enqueue(value));
        meters.Start();
        using var source = new ActivitySource("Test.Client");
        ActivityTraceId asked;
        using (var asking = source.StartActivity("ask"))
        {
            asked = asking!.TraceId;
            var client = app.GetTestClient();
            client.DefaultRequestHeaders.Add("traceparent", asking.Id); // as HttpClient itself does over a network
            await ServiceHost.Json(
                await client.PostAsync("/ground/v1/ground", ServiceHost.Form(ServiceHost.Picture(), Marked, ("size", "64")))
            );
            app.Services.GetRequiredService<IGroundingPipeline>()
                .Ground(
                    TinyModel.Gradient(64, 48),
                    Caption.ParseBrackets(Marked),
                    new() { Size = 64 },
                    TestContext.Current.CancellationToken
                );
        }
        var ours = made.Where(activity => activity.OperationName == "groundling.ground" && activity.TraceId == asked).ToList();
        Assert.Equal([2, 2], ours.Select(activity => (int)activity.GetTagItem("groundling.phrases")!));
        Assert.All(ours, activity => Assert.DoesNotContain(activity.TagObjects, tag => tag.Value?.ToString()?.Contains("horses") == true));
        Assert.Equal(2, durations.Count);
    }

    /// <summary>An application of two routes: its own at "/", and the service below "/ground".</summary>
    private static async Task<WebApplication> StartAsync(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddRouting();
        builder.Services.AddGroundling(builder.Configuration.GetSection("Model"));
        builder.Services.AddGroundlingEndpoints(builder.Configuration.GetSection("Service"));
        var app = builder.Build();
        app.MapGet("/", () => "hello");
        app.MapGroundling("/ground");
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task ReadyAsync(HttpClient client)
    {
        for (var i = 0; i < 600; i++)
        {
            if ((string)(await ServiceHost.Json(await client.GetAsync("/ground/v1/model")))["state"]! == "ready")
                return;
            await Task.Delay(100);
        }
        Assert.Fail("the model was not ready within a minute");
    }
}
