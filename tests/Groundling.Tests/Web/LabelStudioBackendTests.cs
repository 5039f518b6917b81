using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Groundling.Tests.Export;
using Groundling.Web;
using Groundling.Web.LabelStudio;

namespace Groundling.Tests.Web;

/// <summary>The service as a backend of Label Studio, asked by bodies of its protocol's form (Fixtures/LabelStudio).</summary>
public sealed class LabelStudioBackendTests : IClassFixture<LabelStudioBackendTests.Backend>
{
    private const string Prompt = "[a lighthouse] beside [two yellow houses], [a boat] and [the sea]";
    private static readonly byte[] Harbor = File.ReadAllBytes(Path.Combine(Shared.Root, "samples/harbor.png"));
    private readonly TinyModel _tiny;
    private readonly LabelStudioHost _studio;
    private readonly ServiceHost _host;

    public LabelStudioBackendTests(TinyModel tiny, Backend backend)
    {
        (_tiny, _studio, _host) = (tiny, backend.Studio, backend.Host);
        _studio.Asked.Clear();
    }

    /// <summary>A Label Studio and the service for it, for all tests.</summary>
    public sealed class Backend : IAsyncLifetime
    {
        internal LabelStudioHost Studio { get; private set; } = null!;

        internal ServiceHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Studio = await LabelStudioHost.StartAsync(Harbor);
            Host = await ServiceHost.StartAsync(
                Path.Combine(Shared.Root, "models/scenes"),
                new()
                {
                    LabelStudio = Studio.Origin,
                    LabelStudioToken = "secret",
                    MaxMegabytes = 2,
                }
            );
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await Studio.DisposeAsync();
        }
    }

    [Fact]
    public async Task It_is_healthy_and_says_which_configurations_it_can_use()
    {
        var health = await ServiceHost.Json(await _host.Client.GetAsync("/health"));
        Assert.Equal("UP", (string)health["status"]!);
        var setup = Body("setup.json");
        setup["schema"] = Text("brush.xml");
        Assert.Equal("scenes", (string)(await ServiceHost.Json(await Post("/setup", setup)))["model_version"]!);
        setup["schema"] = "<View><Image name=\"image\" value=\"$image\"/><RectangleLabels name=\"boxes\" toName=\"image\"/></View>";
        await ServiceHost.IsProblem(await Post("/setup", setup), 400, "BrushLabels or PolygonLabels", "label_config");
        setup["schema"] = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><View>&a;</View>";
        await ServiceHost.IsProblem(await Post("/setup", setup), 400, "no XML", "label_config");
    }

    [Fact]
    public async Task What_is_typed_becomes_brush_regions_with_the_configurations_labels()
    {
        var answer = await ServiceHost.Json(await Post("/predict", Typed(Prompt)));
        Assert.Equal("scenes", (string)answer["model_version"]!);
        var result = Assert.Single(answer["results"]!.AsArray())!["result"]!.AsArray();
        // "a boat" has no label; House is stored by its alias.
        Assert.Equal(["Lighthouse", "building", "Sea"], result.Select(region => (string)region!["value"]!["brushlabels"]![0]!));
        var grounded = await ServiceHost.Json(await _host.Ground(Harbor, Prompt));
        var masks = grounded["phrases"]!
            .AsArray()
            .ToDictionary(
                phrase => (string)phrase!["text"]!,
                phrase => RunLengthMask.Parse((string)phrase!["segmentation"]!["counts"]!, 512, 512)
            );
        foreach (var region in result)
        {
            Assert.Equal("brushlabels", (string)region!["type"]!);
            Assert.Equal(("masks", "picture"), ((string)region["from_name"]!, (string)region["to_name"]!));
            Assert.Equal((512, 512), ((int)region["original_width"]!, (int)region["original_height"]!));
            byte[] packed = [.. region["value"]!["rle"]!.AsArray().Select(value => (byte)(int)value!)];
            var phrase = (string)region["meta"]!["text"]![0]!;
            Assert.Equal(1, masks[phrase].IoU(new BrushReader(packed).ReadMask(512, 512)));
        }
        Assert.Equal([("/data/upload/1/a.png", "Token secret")], _studio.Asked);
    }

    [Fact]
    public async Task A_prompt_is_kept_for_its_projects_next_tasks()
    {
        var (fresh, typed) = (Predict("brush.xml"), Typed(Prompt));
        (fresh["project"], typed["project"]) = ("5.1732789001", "5.1732789001");
        Assert.Empty((await Results(fresh))[0]); // before the first there is nothing to find
        Assert.Equal(3, (await Results(typed))[0].Count);
        Assert.Equal(3, (await Results(fresh))[0].Count);
        fresh["project"] = "4.1732789999";
        Assert.Empty((await Results(fresh))[0]);
        // A task's own caption comes before what was typed for another.
        fresh["project"] = "5.1732789001";
        fresh["tasks"]![0]!["data"]!["caption"] = "[the sea]";
        Assert.Equal("Sea", (string)Assert.Single((await Results(fresh))[0])!["value"]!["brushlabels"]![0]!);
    }

    [Fact]
    public async Task Polygons_where_the_configuration_has_them_with_the_caption_of_its_text()
    {
        var body = Predict("polygon.xml");
        body["tasks"]![0]!["data"] = new JsonObject
        {
            ["url"] = $"data:image/png;base64,{Convert.ToBase64String(Harbor)}",
            ["description"] = "a lighthouse beside two yellow houses",
        };
        var result = (await Results(body))[0];
        var masks = (await ServiceHost.Json(await _host.Ground(Harbor, "a lighthouse beside two yellow houses")))["phrases"]!.AsArray();
        Assert.Equal(2, masks.Count);
        foreach (var phrase in masks)
        {
            var own = result.Where(region => (string)region!["meta"]!["text"]![0]! == (string)phrase!["text"]!).ToList();
            Assert.All(own, region => Assert.Equal("Thing", (string)region!["value"]!["polygonlabels"]![0]!)); // the only label there is
            var rings = own.Select(region =>
                region!["value"]!["points"]!.AsArray().Select(point => ((double)point![0]! * 5.12, (double)point[1]! * 5.12)).ToList()
            );
            var union = RunLengthMask.Union(rings.Select(ring => Fill.Of([ring], 512, 512)), 512, 512);
            var mask = RunLengthMask.Parse((string)phrase!["segmentation"]!["counts"]!, 512, 512);
            Assert.InRange(mask.IoU(union), 0.99, 1);
        }
        Assert.Empty(_studio.Asked);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data", "neither a data URI nor an address")]
    [InlineData("//169.254.169.254/latest", "neither a data URI nor an address")]
    [InlineData("file:///etc/passwd", "neither a data URI nor an address")]
    [InlineData("ORIGIN@169.254.169.254/data/a.png", "neither a data URI nor an address")]
    [InlineData("/api/current-user/token", "not under /data/")]
    [InlineData("/data/../api/current-user/token", "not under /data/")]
    [InlineData("/data/%2e%2e/api/current-user/token", "not under /data/")]
    [InlineData("/data/%252e%252e%252fapi", "not under /data/")]
    [InlineData("/data/..%2fapi/current-user/token", "not under /data/")]
    [InlineData("data:image/png,notbase64", "not base64")]
    public async Task Pictures_come_from_the_task_or_its_label_studio_alone(string address, string says)
    {
        var body = Typed(Prompt);
        body["tasks"]![0]!["data"]!["image"] = address.Replace("ORIGIN", _studio.Origin, StringComparison.Ordinal);
        await ServiceHost.IsProblem(await Post("/predict", body), 400, says, "tasks");
        Assert.Empty(_studio.Asked);
    }

    [Theory]
    [InlineData("/data/upload/1/none.png", "has none under its address")]
    [InlineData("/data/upload/1/huge.png", "larger than 2 MiB")]
    [InlineData("/tasks/7/presign/", "is not followed")]
    public async Task What_label_studio_does_not_give_is_named(string address, string says)
    {
        var body = Typed(Prompt);
        body["tasks"]![0]!["data"]!["image"] = address;
        await ServiceHost.IsProblem(await Post("/predict", body), 400, says, "tasks");
        Assert.Single(_studio.Asked);
    }

    [Fact]
    public async Task One_tasks_fault_is_not_the_others()
    {
        var body = Typed(Prompt);
        var tasks = body["tasks"]!.AsArray();
        tasks.Add(tasks[0]!.DeepClone());
        tasks.Add(tasks[0]!.DeepClone());
        tasks[0]!["data"]!["image"] = "http://elsewhere.example/a.png";
        tasks[2]!["data"]!["image"] = $"{_studio.Origin}/data/local-files/?d=deep/a.png";
        Assert.Equal([0, 3, 3], (await Results(body)).Select(result => result.Count));
    }

    [Theory]
    [InlineData("\"half of a letter: \\ud800\"", null)]
    [InlineData("\" a house \"", "a house")]
    [InlineData("\"  \"", null)]
    [InlineData("7", null)]
    public void Texts_are_letters(string json, string? text) =>
        Assert.Equal(text, PredictRequest.TextOf(System.Text.Json.JsonDocument.Parse(json).RootElement));

    [Fact]
    public async Task Without_a_label_studio_there_is_no_such_address()
    {
        await using var plain = await ServiceHost.StartAsync(_tiny);
        await ServiceHost.IsProblem(await plain.Client.GetAsync("/health"), 404, "nothing at this address");
    }

    [Theory]
    [InlineData("localhost:8080", null, "give scheme, host and port alone")]
    [InlineData("http://localhost:8080/projects", null, "give scheme, host and port alone")]
    [InlineData("http://localhost:8080", "", "token")]
    [InlineData("http://localhost:8080", "two words", "token")]
    [InlineData(null, "secret", "token")]
    public void Options_that_make_no_sense_are_named(string? origin, string? token, string says) =>
        Assert.Contains(
            says,
            Assert.Throws<InputException>(() => new ServerOptions { LabelStudio = origin, LabelStudioToken = token }.Validated()).Message
        );

    [Fact]
    public async Task Its_password_is_the_services_key()
    {
        await using var locked = await ServiceHost.StartAsync(_tiny, new() { LabelStudio = _studio.Origin, ApiKey = "key" });
        await ServiceHost.IsProblem(await locked.Client.GetAsync("/health"), 401, "key");
        foreach (var (password, status) in new[] { ("key", 200), ("other", 401) })
        {
            var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"label-studio:{password}"));
            locked.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", pair);
            Assert.Equal(status, (int)(await locked.Client.GetAsync("/health")).StatusCode);
        }
    }

    private async Task<List<JsonArray>> Results(JsonNode body) =>
        [.. (await ServiceHost.Json(await Post("/predict", body)))["results"]!.AsArray().Select(result => result!["result"]!.AsArray())];

    private Task<HttpResponseMessage> Post(string address, JsonNode body) =>
        _host.Client.PostAsync(address, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));

    private static JsonNode Predict(string configuration)
    {
        var body = Body("predict.json");
        body["label_config"] = Text(configuration);
        return body;
    }

    private static JsonNode Typed(string prompt)
    {
        var (body, context) = (Predict("brush.xml"), Body("context.json"));
        context["result"]![0]!["value"]!["text"]![0] = prompt;
        body["params"]!["context"] = context;
        return body;
    }

    private static JsonNode Body(string name) => JsonNode.Parse(Text(name))!;

    private static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures/LabelStudio", name));
}
