using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Tests.Cli;
using Groundling.Web.Browsing;

namespace Groundling.Tests.Web.Browsing;

/// <summary>What a browsed benchmark answers.</summary>
public sealed class BrowseTests(TinyModel tiny) : IDisposable
{
    private readonly BrowsedBenchmark _data = new();

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("", "1 2 3")]
    [InlineData("words=dog", "1 2")] // "dogs" begins so
    [InlineData("words=man", "")] // "woman" does not
    [InlineData("words=WOMAN+sky", "3")]
    [InlineData("words=grass+woman", "")]
    [InlineData("words=%22red+dog%22", "1")]
    [InlineData("words=%22dog+red%22", "")]
    [InlineData("category=dog", "1 2")]
    [InlineData("category=dog&number=plural", "2")]
    [InlineData("category=dog&words=grass", "")] // the phrase of the word is no dog
    [InlineData("group=stuff", "1 3")]
    [InlineData("number=singular", "1 3")]
    [InlineData("size=0-10", "3")] // up to, but not including, 10 %
    [InlineData("size=10-30", "1 2")]
    [InlineData("size=40-100", "1 3")]
    [InlineData("score=0.9-1", "1")]
    [InlineData("score=0-0.1", "1 3")]
    [InlineData("score=0-0.1&report=b", "2 3")]
    [InlineData("sort=worst", "3 1 2")]
    [InlineData("sort=best", "1 2 3")]
    [InlineData("sort=worst&report=b", "2 1 3")]
    [InlineData("sort=worst&words=grass", "1")]
    [InlineData("sort=difference", "3 1 2")]
    [InlineData("sort=won", "3 1 2")]
    [InlineData("sort=lost", "1 2 3")]
    [InlineData("sort=small", "3 1 2")]
    [InlineData("sort=phrases", "1 3 2")]
    [InlineData("from=1&count=1", "2")]
    public async Task Pictures_are_chosen_and_sorted(string query, string expected)
    {
        await using var host = await WithReports();
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), await host.List(query));
    }

    /// <summary>With IoU, phrase by phrase, of 1, 0, 0.5, 0.25, 0.01 in a and of 0.5, 0.5, 0, 1, 0.01 in b.</summary>
    private async Task<BrowseHost> WithReports()
    {
        // Of a dog of row 0, grass of rows 5 to 9, dogs of row 0, sky of rows 0 to 3, a woman in the last pixel.
        var a = _data.Report("a", 1, 1, 2, 1, 10);
        var b = _data.Report("b", 2, 10, 0, 4, 10);
        return await BrowseHost.StartAsync(_data.Path, _data.File("cache"), [$"a={a}", $"b={b}"]);
    }

    [Fact]
    public async Task A_rows_score_is_the_mean_of_the_phrases_asked_for()
    {
        await using var host = await WithReports();
        var row = (await host.Json("/v1/pictures?count=1"))["rows"]![0]!;
        Assert.Equal(0.5, (double)row["score"]!, 6); // dog 1, grass 0
        Assert.Equal(-0.5, (double)row["difference"]!, 6); // dog 1 -> 0.5, grass 0 -> 0.5: the first of equals
        row = (await host.Json("/v1/pictures?count=1&words=grass"))["rows"]![0]!;
        Assert.Equal((0, 0.5, 1), ((double)row["score"]!, (double)row["difference"]!, (int)row["phrases"]!));
    }

    [Fact]
    public async Task A_picture_has_truth_predictions_and_neighbours()
    {
        await using var host = await WithReports();
        var picture = await host.Json("/v1/pictures/1?sort=worst");
        Assert.Equal((1, 3), ((int)picture["place"]!, (int)picture["total"]!));
        Assert.Equal(("3", "2"), ((string)picture["previous"]!, (string)picture["next"]!));
        Assert.Null(picture["fault"]);
        var dog = picture["narratives"]![0]!["phrases"]![0]!;
        Assert.Equal(("a red dog", "dog", 0.1), ((string)dog["text"]!, (string)dog["category"]!, (double)dog["share"]!));
        Assert.Equal(BrowsedBenchmark.Rows(1).ToCompressed(), (string)dog["truth"]!["counts"]!);
        Assert.Equal([1, 0.5], dog["predictions"]!.AsArray().Select(made => (double)made!["iou"]!));
        Assert.Equal(BrowsedBenchmark.Rows(2).ToCompressed(), (string)dog["predictions"]![1]!["mask"]!["counts"]!);
        Assert.Null((await host.Json("/v1/pictures/3?words=dog"))["place"]);
    }

    [Theory]
    [InlineData("sort=wrst", "sort", "file, worst, best")]
    [InlineData("sort=1", "sort", "file, worst, best")]
    [InlineData("sort=difference", "sort", "needs 2 reports")]
    [InlineData("score=0-1", "score", "no scores without a report")]
    [InlineData("srt=worst", "srt", "there is no parameter 'srt'")]
    [InlineData("category=zebra", "category", "no category 'zebra'")]
    [InlineData("group=animals", "group", "things, stuff")]
    [InlineData("number=dual", "number", "singular, plural")]
    [InlineData("size=3", "size", "LEAST-MOST")]
    [InlineData("size=3-1", "size", "LEAST-MOST")]
    [InlineData("size=0-101", "size", "LEAST-MOST")]
    [InlineData("report=c", "report", "no report 'c'")]
    [InlineData("from=-1", "from", "whole number")]
    [InlineData("count=501", "count", "0 to 500")]
    public async Task A_wrong_parameter_is_named(string query, string parameter, string says)
    {
        await using var host = await BrowseHost.StartAsync(_data.Path, _data.File("cache"));
        await ServiceHost.IsProblem(await host.Client.GetAsync($"/v1/pictures?{query}"), 400, says, parameter);
    }

    [Fact]
    public async Task What_is_not_there_is_404()
    {
        await using var host = await BrowseHost.StartAsync(_data.Path, _data.File("cache"));
        foreach (var address in (string[])["4", "4/file", "4/thumbnail", "..%2F..%2Fetc%2Fpasswd/file"])
            Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync($"/v1/pictures/{address}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/picture/4")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/picture/3")).StatusCode);
        File.Delete(Path.Combine(_data.Path, "images/val2017", BrowsedBenchmark.Name(2)));
        File.WriteAllText(Path.Combine(_data.Path, "images/val2017", BrowsedBenchmark.Name(3)), "no picture");
        await ServiceHost.IsProblem(await host.Client.GetAsync("/v1/pictures/2/thumbnail"), 404, "is missing: images");
        await ServiceHost.IsProblem(await host.Client.GetAsync("/v1/pictures/3/thumbnail"), 404, "is not a picture");
        await ServiceHost.IsProblem(await host.Client.GetAsync("/v1/pictures/3/file"), 404, "is none of a picture");
    }

    [Fact]
    public async Task Nothing_outside_the_data_is_served()
    {
        SymbolicLinks.SkipUnlessThere();
        _data.Write("secret.png", TinyModel.Gradient(8, 8).EncodePng());
        var panoptic = Path.Combine(_data.Path, "annotations/panoptic_val2017.json");
        File.WriteAllText(
            panoptic,
            File.ReadAllText(panoptic)
                .Replace($"\"id\": 2, \"file_name\": \"{BrowsedBenchmark.Name(2)}\"", "\"id\": 2, \"file_name\": \"../../../secret.png\"")
        );
        var linked = Path.Combine(_data.Path, "images/val2017", BrowsedBenchmark.Name(3));
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(linked);
            File.CreateSymbolicLink(linked, _data.File("secret.png"));
        }
        await using var host = await BrowseHost.StartAsync(_data.Path, _data.File("cache"));
        foreach (var what in (string[])["file", "thumbnail"])
        {
            // The reader of the annotations takes no path for a name, and looks for the usual one.
            File.Delete(Path.Combine(_data.Path, "images/val2017", BrowsedBenchmark.Name(2)));
            await ServiceHost.IsProblem(await host.Client.GetAsync($"/v1/pictures/2/{what}"), 404, "is missing");
            if (!OperatingSystem.IsWindows())
                await ServiceHost.IsProblem(await host.Client.GetAsync($"/v1/pictures/3/{what}"), 404, "outside the data's folder");
        }
    }

    [Fact]
    public async Task Other_sites_and_names_are_refused_and_answers_are_marked()
    {
        await using var host = await BrowseHost.StartAsync(_data.Path, _data.File("cache"));
        using var renamed = new HttpRequestMessage(HttpMethod.Get, "/v1/data") { Headers = { Host = "evil.example" } };
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await host.Client.SendAsync(renamed)).StatusCode);
        foreach (var (name, value) in ((string, string)[])[("Sec-Fetch-Site", "cross-site"), ("Origin", "http://evil.example")])
        foreach (var address in (string[])["data", "pictures", "pictures/1", "pictures/1/file", "pictures/1/thumbnail"])
        {
            using var foreign = new HttpRequestMessage(HttpMethod.Get, $"/v1/{address}") { Headers = { { name, value } } };
            Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.SendAsync(foreign)).StatusCode);
        }
        foreach (var address in (string[])["/", "/picture/1", "/browse.js", "/v1/data", "/v1/pictures/1/thumbnail"])
        {
            var answer = await host.Client.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Fact]
    public async Task Small_pictures_are_made_once_and_again_when_the_picture_changes()
    {
        var cache = _data.File("cache");
        await using var host = await BrowseHost.StartAsync(_data.Path, cache);
        string[] Kept() => Directory.Exists(cache) ? Directory.GetFiles(cache, "*", SearchOption.AllDirectories) : [];
        var first = await host.Client.GetByteArrayAsync("/v1/pictures/1/thumbnail");
        Assert.Equal(BrowsedBenchmark.Side, Picture.Decode(first).Width);
        var kept = Assert.Single(Kept());
        var planted = Thumbnail.Of(TinyModel.Gradient(30, 20), 30).Jpeg;
        File.WriteAllBytes(kept, planted);
        Assert.Equal(planted, await host.Client.GetByteArrayAsync("/v1/pictures/1/thumbnail")); // taken, not made
        File.WriteAllBytes(kept, planted[..^40]);
        Assert.Equal(first, await host.Client.GetByteArrayAsync("/v1/pictures/1/thumbnail")); // what a power cut left is none
        _data.Write($"data/images/val2017/{BrowsedBenchmark.Name(1)}", TinyModel.Gradient(20, 10).EncodePng());
        Assert.Equal(20, Picture.Decode(await host.Client.GetByteArrayAsync("/v1/pictures/1/thumbnail")).Width);
        Assert.Equal(2, Kept().Length);
    }

    [Fact]
    public async Task The_cache_stays_below_its_bound_and_keeps_what_was_looked_at_last()
    {
        const int Pictures = 12;
        var files = Enumerable
            .Range(0, Pictures)
            .Select(i =>
            {
                _data.Write($"large/{i}.png", TinyModel.Gradient(300, 200, 7 * i).EncodePng());
                return _data.File($"large/{i}.png");
            })
            .ToList();
        var one = Thumbnail.Of(Picture.Load(files[0]), ThumbnailCache.LongestSide).Jpeg.Length;
        var cache = new ThumbnailCache(_data.File("bounded"), mostBytes: 4 * one);
        foreach (var file in files)
        {
            await cache.GetAsync(file, default);
            await Task.Delay(15); // times of change that differ
        }
        var kept = new DirectoryInfo(_data.File("bounded")).GetFiles("*", SearchOption.AllDirectories);
        Assert.InRange(kept.Sum(file => file.Length), 1, 4 * one + one);
        var (latest, mark) = await cache.GetAsync(files[^1], default);
        Assert.Contains(kept, file => Path.GetFileNameWithoutExtension(file.Name) == mark && file.Length == latest.Length);
    }

    [Fact]
    public async Task Where_nothing_can_be_kept_small_pictures_are_made_all_the_same()
    {
        _data.Write("cache", [1]); // a file where the folder should be
        await using var host = await BrowseHost.StartAsync(_data.Path, _data.File("cache"));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/v1/pictures/1/thumbnail")).StatusCode);
    }

    [Fact]
    public async Task Scores_of_narratives_that_changed_since_are_left_out()
    {
        var a = _data.Report("a", 1, 1, 2, 1, 10);
        var narratives = Path.Combine(_data.Path, "annotations/png_coco_val2017.json");
        File.WriteAllText(narratives, File.ReadAllText(narratives).Replace("two dogs", "some dogs"));
        await using var host = await BrowseHost.StartAsync(_data.Path, _data.File("cache"), [a]);
        Assert.Contains("those of 1 narratives that changed", Assert.Single(host.Notes));
        var rows = (await host.Json("/v1/pictures"))["rows"]!.AsArray();
        Assert.Equal([true, false, true], rows.Select(row => row!["score"] is not null));
    }

    [Fact]
    public void Bad_data_and_reports_are_refused_in_one_line()
    {
        var a = _data.Report("a", 1, 1, 2, 1, 10);
        using var other = new BrowsedBenchmark();
        var narratives = Path.Combine(other.Path, "annotations/png_coco_val2017.json");
        File.WriteAllText(
            narratives,
            File.ReadAllText(narratives).Replace("a red dog", "a big dog").Replace("two", "four").Replace("over", "and")
        );
        var theirs = other.Report("theirs", 1, 1, 2, 1, 10);
        CommandRun.Of("browse", _data.File("none")).RefusesInOneLine("does not exist");
        CommandRun.Of("browse", _data.Path, "--split", "train").RefusesInOneLine("png_coco_train2017.json does not exist");
        CommandRun.Of("browse", _data.Path, "--report", _data.Path).RefusesInOneLine("holds no report");
        CommandRun.Of("browse", _data.Path, "--report", a, "--report", theirs).RefusesInOneLine("cannot be compared");
        CommandRun.Of("browse", other.Path, "--report", a).Refuses("other");
        CommandRun.Of("browse", _data.Path, "--report", $"{a},{theirs}").RefusesInOneLine("2 folders");
        CommandRun.Of("browse", _data.Path, "--port", "70000").RefusesInOneLine("70000");
        CommandRun.Of("browse", _data.Path, "--edit", "--host", "0.0.0.0").RefusesInOneLine("--edit", "127.0.0.1");
    }

    [Fact]
    public async Task A_phrases_attention_is_shown_by_a_model_that_opens_when_it_is_asked_for()
    {
        await using var host = await BrowseHost.StartAsync(_data.Path, _data.File("cache"), model: tiny.Path);
        Assert.Equal("tiny", (string)(await host.Json("/v1/data"))["model"]!);
        JsonNode? answer = null;
        for (var i = 0; i < 600 && answer is null; i++)
        {
            using var asked = await host.Client.PostAsJsonAsync("/v1/pictures/1/attention", new { narrative = 0, phrase = 1 });
            if (asked.StatusCode == HttpStatusCode.ServiceUnavailable)
                await Task.Delay(50);
            else
                answer = await ServiceHost.Json(asked);
        }
        Assert.Equal("the grass", (string)answer!["phrase"]!);
        Assert.Equal(tiny.Pipeline.Diffusion.UNet.Sites.Count, answer["methods"]![0]!["blocks"]!.AsArray().Count);
        using var wrong = await host.Client.PostAsJsonAsync("/v1/pictures/1/attention", new { narrative = 0, phrase = 2 });
        await ServiceHost.IsProblem(wrong, 400, "out of range", "phrase");
        using var stranger = await host.Client.PostAsJsonAsync("/v1/pictures/1/attention", new { narrative = 1, phrase = 0 });
        await ServiceHost.IsProblem(stranger, 400, "none of picture 1", "narrative");
    }
}
