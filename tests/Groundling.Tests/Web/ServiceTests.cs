using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Web;
using Microsoft.AspNetCore.Http;

namespace Groundling.Tests.Web;

public sealed class ServiceTests(TinyModel tiny) : IAsyncLifetime
{
    private const string Caption = "[a man] on [two grey horses]";
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync() =>
        _host = await ServiceHost.StartAsync(
            tiny,
            new()
            {
                MaxMegabytes = 2,
                MaxMegapixels = 1,
                MaxSize = 2048,
            }
        );

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_form_and_JSON_get_what_the_library_says()
    {
        var picture = ServiceHost.Picture();
        var expected = JsonSerializer.SerializeToNode(
            tiny.Pipeline.Ground(
                Picture.Decode(picture, "a"),
                Groundling.Caption.ParseBrackets(Caption),
                new() { Size = 64, Threshold = 0.2 }
            )
        )!;
        var form = await ServiceHost.Json(await _host.Ground(picture, Caption, ("size", "64"), ("threshold", "0.2")));
        var json = await ServiceHost.Json(
            await _host.Client.PostAsJsonAsync(
                "/v1/ground",
                new
                {
                    image = picture,
                    caption = Caption,
                    size = 64,
                    threshold = 0.2,
                }
            )
        );
        foreach (var answer in new[] { form, json })
        {
            Assert.Equal(expected["phrases"]!.ToJsonString(), answer["phrases"]!.ToJsonString());
            Assert.Equal(
                (64, 48, "static", 0.2),
                ((int)answer["width"]!, (int)answer["height"]!, (string)answer["method"]!, (double)answer["threshold"]!)
            );
            Assert.Equal(expected["made_by"]!.ToJsonString(), answer["made_by"]!.ToJsonString());
            Assert.Equal(answer["phrases"]!.AsArray().Count, GroundingDocument.Parse(answer.ToJsonString()).Phrases.Count);
        }
    }

    [Fact]
    public async Task Phrases_are_found_where_nobody_marked_them()
    {
        var answer = await ServiceHost.Json(await _host.Ground(ServiceHost.Picture(), "Two dogs sleep near a red car."));
        Assert.Equal(
            [("Two dogs", true), ("a red car", false)],
            answer["phrases"]!.AsArray().Select(phrase => ((string)phrase!["text"]!, (bool)phrase["plural"]!))
        );
        var named = await ServiceHost.Json(
            await _host.Ground(ServiceHost.Picture(), "Two dogs sleep near a red car.", ("phrases", "dogs; red car"))
        );
        Assert.Equal(["dogs", "red car"], named["phrases"]!.AsArray().Select(phrase => (string)phrase!["text"]!));
        var spans = await ServiceHost.Json(await _host.Client.PostAsJsonAsync("/v1/phrases", new { caption = "see [a \\[ dog]" }));
        Assert.Equal("see a [ dog", (string)spans["caption"]!);
        Assert.Equal((4, 11), ((int)spans["phrases"]![0]!["start"]!, (int)spans["phrases"]![0]!["end"]!));
    }

    [Fact]
    public async Task Probabilities_above_the_threshold_are_the_mask()
    {
        var picture = ServiceHost.Picture(128, 64);
        var answer = await ServiceHost.Json(await _host.Ground(picture, Caption, ("size", "0"), ("probabilities", "true")));
        var map = answer["probabilities"]![1]!;
        Assert.Equal([16, 32], map["size"]!.AsArray().Select(side => (int)side!));
        var values = Convert
            .FromBase64String((string)map["values"]!)
            .Select(value => (double)map["minimum"]! + value / 255.0 * ((double)map["maximum"]! - (double)map["minimum"]!))
            .ToList();
        var middle = values.Order().ElementAt(values.Count / 2);
        var at = await ServiceHost.Json(await _host.Ground(picture, Caption, ("size", "0"), ("threshold", middle.ToString("R"))));
        Assert.Equal(values.Count(value => value > middle) / (double)values.Count, (double)at["phrases"]![1]!["area"]! / (128 * 64), 0.1);
    }

    [Fact]
    public async Task A_trace_has_a_map_for_every_block()
    {
        var answer = await ServiceHost.Json(
            await _host.Client.PostAsync(
                "/v1/trace",
                ServiceHost.Form(ServiceHost.Picture(128, 64), Caption, ("phrase", "1"), ("size", "0"))
            )
        );
        Assert.Equal("two grey horses", (string)answer["phrase"]!);
        var blocks = answer["methods"]![0]!["blocks"]!.AsArray();
        using var trace = tiny.Pipeline.Trace(
            Picture.Decode(ServiceHost.Picture(128, 64), "a"),
            Groundling.Caption.ParseBrackets(Caption),
            new() { Size = 0 }
        );
        Assert.Equal(tiny.Pipeline.Diffusion.UNet.Sites.Select(site => site.Path), blocks.Select(block => (string)block!["block"]!));
        foreach (var (block, map) in blocks.Zip(trace.Prompt.Maps))
        {
            using var expected = map[0, 1];
            Assert.Equal(expected.max().item<float>(), (double)block!["map"]!["maximum"]!, 1e-5);
            Assert.Equal(expected.numel(), Convert.FromBase64String((string)block["map"]!["values"]!).Length);
        }
        await ServiceHost.IsProblem(
            await _host.Client.PostAsync("/v1/trace", ServiceHost.Form(ServiceHost.Picture(), Caption, ("phrase", "2"))),
            400,
            "0 to 1",
            "phrase"
        );
    }

    [Theory]
    [InlineData("caption", "no [end", "never closed")]
    [InlineData("caption", "  ", "empty")]
    [InlineData("caption", "and or the of", "No noun phrase")]
    [InlineData("phrases", "a zebra", "not in the caption")]
    [InlineData("threshold", "1", "out of range")]
    [InlineData("threshold", "much", "should be a number")]
    [InlineData("size", "63", "out of range")]
    [InlineData("size", "6.5", "whole number")]
    [InlineData("size", "2049", "2048 are allowed")]
    [InlineData("method", "full", "not offered")]
    [InlineData("probabilities", "perhaps", "true or false")]
    public async Task Faulty_fields_are_named(string field, string value, string says) =>
        await ServiceHost.IsProblem(
            await _host.Ground(ServiceHost.Picture(), field == "caption" ? value : Caption, field == "caption" ? [] : [(field, value)]),
            400,
            says,
            field
        );

    [Fact]
    public async Task Missing_and_unknown_fields_are_named()
    {
        await ServiceHost.IsProblem(await _host.Ground(null, Caption), 400, "no picture", "image");
        await ServiceHost.IsProblem(await _host.Ground(ServiceHost.Picture(), null), 400, "no caption", "caption");
        await ServiceHost.IsProblem(await _host.Ground(ServiceHost.Picture(), Caption, ("colour", "red")), 400, "no field 'colour'");
        await ServiceHost.IsProblem(
            await _host.Ground(ServiceHost.Picture(), Caption, ("size", "64"), ("size", "64")),
            400,
            "twice",
            "size"
        );
        await ServiceHost.IsProblem(await _host.Ground(ServiceHost.Picture(), new string('a', 10_001)), 400, "10001 characters", "caption");
        await ServiceHost.IsProblem(
            await _host.Ground(ServiceHost.Picture(), string.Concat(Enumerable.Repeat("[a] ", 257))),
            400,
            "257 phrases",
            "caption"
        );
    }

    [Fact]
    public async Task Wrong_types_addresses_and_methods_are_problems_too()
    {
        await ServiceHost.IsProblem(
            await _host.Client.PostAsync("/v1/ground", new StringContent("x", Encoding.UTF8, "text/plain")),
            415,
            "multipart/form-data"
        );
        await ServiceHost.IsProblem(await _host.Client.PostAsync("/v1/ground", null), 415, "multipart/form-data");
        await ServiceHost.IsProblem(await _host.Client.GetAsync("/v1/ground"), 405, "POST");
        await ServiceHost.IsProblem(await _host.Client.GetAsync("/nowhere"), 404, "nothing at this address");
        await ServiceHost.IsProblem(await _host.Client.GetAsync("/v1/samples/..%2f..%2fREADME.md"), 404, "nothing at this address");
        await ServiceHost.IsProblem(await Post("application/json", "{\"caption\":"), 400, "line 1");
        await ServiceHost.IsProblem(await Post("application/json", "null"), 400, "null");
        await ServiceHost.IsProblem(await Post("application/json", "{\"image\":\"@@@\"}"), 400, "base64", "image");
        await ServiceHost.IsProblem(await Post("multipart/form-data", "x"), 400, "boundary");
        await ServiceHost.IsProblem(
            await Post("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nhalf"),
            400,
            "malformed"
        );
        await ServiceHost.IsProblem(await Post("multipart/form-data; boundary=b", "--b\r\n\r\nnameless\r\n--b--\r\n"), 400, "no name");
    }

    [Fact]
    public async Task Pictures_that_are_none_or_too_large_are_refused_before_decoding()
    {
        await ServiceHost.IsProblem(await _host.Ground("no picture"u8.ToArray(), Caption), 400, "not a picture", "image");
        await ServiceHost.IsProblem(await _host.Ground(ServiceHost.Picture()[..60], Caption), 400, "cut short", "image");
        await ServiceHost.IsProblem(
            await _host.Ground(ServiceHost.Picture(2100, 8), Caption, ("size", "0")),
            400,
            "2048 are allowed",
            "size"
        );
        foreach (var side in new[] { 30_000, int.MaxValue })
        {
            var before = GC.GetTotalAllocatedBytes();
            await ServiceHost.IsProblem(await _host.Ground(Bomb(side), Caption), 400, "more than the 1 million allowed", "image");
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 50 << 20);
        }
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        // However much of it is on its way when it is refused, the client reads why.
        var large = new byte[16 << 20];
        for (var i = 0; i < 20; i++)
            await ServiceHost.IsProblem(await _host.Ground(large, Caption), 413, "larger than the service allows");
        // Of no announced length, it is refused when more has come.
        using var streamed = ServiceHost.Form(large, Caption);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/ground") { Content = streamed };
        request.Headers.TransferEncodingChunked = true;
        await ServiceHost.IsProblem(await _host.Client.SendAsync(request), 413, "larger than the service allows");
        // 100 MB announced: refused at once, without being waited for.
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /v1/ground HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n{"
            )
        );
        var buffer = new byte[64];
        var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        Assert.StartsWith("HTTP/1.1 413", Encoding.ASCII.GetString(buffer, 0, read));
    }

    [Fact]
    public async Task Random_bodies_are_the_clients_fault_never_the_services()
    {
        var random = new Random(5);
        var whole = await ServiceHost.Form(ServiceHost.Picture(16, 16), Caption, ("size", "64")).ReadAsByteArrayAsync();
        for (var i = 0; i < 1_000; i++)
        {
            byte[] body;
            if (i % 2 == 0)
                random.NextBytes(body = new byte[random.Next(400)]);
            else
            {
                body = [.. whole.Take(random.Next(whole.Length))]; // the boundary is another: a form that never begins
                if (body.Length > 0)
                    body[random.Next(body.Length)] ^= (byte)random.Next(1, 256);
            }
            var content = new ByteArrayContent(body);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(
                (i % 3) switch
                {
                    0 => "application/json",
                    1 => "multipart/form-data; boundary=" + Encoding.ASCII.GetString(whole, 2, 36),
                    _ => "multipart/form-data; boundary=b",
                }
            );
            using var answer = await _host.Client.PostAsync(
                i % 5 == 0 ? "/v1/trace"
                    : i % 7 == 0 ? "/v1/phrases"
                    : "/v1/ground",
                content
            );
            Assert.InRange((int)answer.StatusCode, 400, 415);
        }
        Assert.DoesNotContain("\"level\":\"Error\"", _host.Log);
    }

    [Fact]
    public async Task A_client_that_hangs_up_ends_its_work()
    {
        await ServiceHost.Json(await _host.Ground(ServiceHost.Picture(), Caption, ("size", "64")));
        using var impatient = new CancellationTokenSource();
        var large = _host.Client.PostAsync(
            "/v1/ground",
            ServiceHost.Form(ServiceHost.Picture(900, 900), Caption, ("size", "1280")),
            impatient.Token
        );
        for (var i = 0; !await HasBegun(2); i++)
            Assert.True(i < 1000);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        var small = await ServiceHost.Json(await _host.Ground(ServiceHost.Picture(), Caption, ("size", "64")));
        Assert.Equal(2, small["phrases"]!.AsArray().Count);
        await _host.LogEntry("\"status\":499");
    }

    [Fact]
    public void Samples_that_are_links_to_elsewhere_are_none()
    {
        SymbolicLinks.SkipUnlessThere();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("samples"));
        void Sample(string name, Action<string> make)
        {
            make(folder.File($"samples/{name}.png"));
            File.WriteAllText(folder.File($"samples/{name}.txt"), "[a boat]");
        }
        File.WriteAllBytes(folder.File("secret.png"), [1]);
        File.WriteAllText(folder.File("secret.txt"), "[a secret]");
        Sample("own", path => File.WriteAllBytes(path, [1]));
        Sample("near", path => File.CreateSymbolicLink(path, "own.png"));
        Sample("out", path => File.CreateSymbolicLink(path, folder.File("secret.png")));
        Sample("words", path => File.WriteAllBytes(path, [1]));
        File.Delete(folder.File("samples/words.txt"));
        File.CreateSymbolicLink(folder.File("samples/words.txt"), folder.File("secret.txt"));
        Directory.CreateSymbolicLink(folder.File("link"), folder.File("samples"));
        foreach (var name in new[] { "samples", "link" })
        {
            var request = new DefaultHttpContext().Request;
            Assert.Equal(
                ["near", "own"],
                new SampleFolder(new() { Samples = folder.File(name) }).At(request).Select(sample => sample.Name).Order()
            );
        }
    }

    [Fact]
    public async Task The_page_and_its_files_come_with_their_types_and_a_policy()
    {
        var page = await _host.Client.GetAsync("/");
        Assert.Contains("default-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("text/javascript", (await _host.Client.GetAsync("/app.js")).Content.Headers.ContentType!.MediaType);
        var again = new HttpRequestMessage(HttpMethod.Get, "/app.js")
        {
            Headers = { IfNoneMatch = { (await _host.Client.GetAsync("/app.js")).Headers.ETag! } },
        };
        Assert.Equal(HttpStatusCode.NotModified, (await _host.Client.SendAsync(again)).StatusCode);
        var samples = await ServiceHost.Json(await _host.Client.GetAsync("/v1/samples"));
        Assert.True(samples.AsArray().Count >= 3);
        Assert.Equal("image/png", (await _host.Client.GetAsync((string)samples[0]!["picture"]!)).Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task States_metrics_and_the_description_are_there()
    {
        await ServiceHost.Json(await _host.Ground(ServiceHost.Picture(), Caption, ("size", "64")));
        Assert.Equal("ready", (string)(await ServiceHost.Json(await _host.Client.GetAsync("/readyz")))["state"]!);
        var metrics = await _host.Client.GetStringAsync("/metrics");
        foreach (
            var name in new[]
            {
                "groundling_requests_total",
                "route=\"/v1/ground\",status=\"200\"",
                "groundling_queue_length",
                "groundling_batch_size_count",
                "groundling_wait_seconds_sum",
                "groundling_work_seconds_sum",
                "groundling_memory_resident_bytes",
            }
        )
            Assert.Contains(name, metrics);
        var description = await ServiceHost.Json(await _host.Client.GetAsync("/openapi/v1.json"));
        Assert.Contains("/v1/ground", description["paths"]!.AsObject().Select(path => path.Key));
        // What it says of an answer is what answers hold, and nothing else.
        var schemas = description["components"]!["schemas"]!;
        var answer = await ServiceHost.Json(
            await _host.Ground(ServiceHost.Picture(), "[a dog]", ("size", "64"), ("probabilities", "true"))
        );
        Assert.Equal(
            answer.AsObject().Select(member => member.Key).Order(),
            Members("GroundAnswer").Where(name => name != "image").Order()
        );
        Assert.Equal(
            answer["phrases"]![0]!.AsObject().Select(member => member.Key).Order(),
            Members("PhraseDocument").Where(name => name is not ("plural" or "presence")).Order()
        );
        Assert.Equal(["counts", "size"], Members("RunLengthMask").Order());
        Assert.Equal("Groundling", (string)description["info"]!["title"]!);
        Assert.Equal(typeof(GroundingServer).Assembly.GetName().Version!.ToString(3), (string)description["info"]!["version"]!);
        Assert.NotEmpty((string)description["info"]!["description"]!);
        foreach (var (address, phrase) in new[] { ("/v1/ground", false), ("/v1/trace", true) })
        {
            var content = description["paths"]![address]!["post"]!["requestBody"]!["content"]!;
            var form = content["multipart/form-data"]!["schema"]!["properties"]!;
            Assert.Equal(("string", "binary"), ((string)form["image"]!["type"]!, (string)form["image"]!["format"]!));
            Assert.All(form.AsObject(), field => Assert.NotEmpty((string)field.Value!["description"]!));
            Assert.Equal(phrase, form["phrase"] is not null);
            Assert.EndsWith("Request", (string)content["application/json"]!["schema"]!["$ref"]!);
        }

        IEnumerable<string> Members(string schema) => schemas[schema]!["properties"]!.AsObject().Select(member => member.Key);
    }

    [Fact]
    public async Task The_log_has_a_line_for_each_request_and_no_word_of_a_caption()
    {
        await ServiceHost.Json(await _host.Ground(ServiceHost.Picture(), "[a secret elephant]", ("size", "64")));
        var request = JsonNode.Parse(await _host.LogEntry("/v1/ground"))!;
        Assert.Equal(
            (200, 17, 1, 64),
            ((int)request["status"]!, (int)request["captionLength"]!, (int)request["phrases"]!, (int)request["width"]!)
        );
        Assert.DoesNotContain("elephant", _host.Log);
    }

    /// <summary>Whether the model's work for so many requests has begun; a moment later, where it has not.</summary>
    private async Task<bool> HasBegun(int requests)
    {
        var metrics = await _host.Client.GetStringAsync("/metrics");
        if (
            metrics
                .Split('\n')
                .Any(line =>
                    line.StartsWith("groundling_wait_seconds_count", StringComparison.Ordinal) && line.Split(' ')[1] == $"{requests}"
                )
        )
            return true;
        await Task.Delay(20);
        return false;
    }

    private Task<HttpResponseMessage> Post(string type, string body)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return _host.Client.PostAsync("/v1/ground", content);
    }

    /// <summary>A small PNG file that declares a huge picture, and holds its rows well packed.</summary>
    private static byte[] Bomb(int side)
    {
        var file = ServiceHost.Picture(16, 16);
        foreach (var at in new[] { 16, 20 })
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at), side);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(new byte[10 << 20]);
        return [.. file, .. packed.ToArray()];
    }
}
