using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Groundling.Hub;
using Groundling.Tests.Data;

namespace Groundling.Tests.Hub;

/// <summary>Pulls from a hub of our own: the tree on disk, the token, and what is said of what cannot be had.</summary>
public sealed class PullTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackHub _hub = new();

    private string Cache => _folder.File("hub");

    public void Dispose()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_tree_is_the_official_clients()
    {
        SymbolicLinks.SkipUnlessThere();
        var snapshot = await Pull();
        Assert.Equal(HubTree.Snapshot(Cache), snapshot);
        var theirs = _folder.File("theirs");
        HubTree.Write(theirs, _hub, Chosen());
        Assert.Equal(HubTree.Lines(theirs), HubTree.Lines(Cache));
        AssertWhole(snapshot);
        Assert.Equal(LoopbackHub.Commit, File.ReadAllText(Path.Combine(HubTree.Repository(Cache), "refs/main")));
    }

    [Fact]
    public async Task What_the_official_client_has_left_is_found_and_not_fetched_again()
    {
        SymbolicLinks.SkipUnlessThere();
        HubTree.Write(Cache, _hub, Chosen());
        Directory.CreateDirectory(Path.Combine(HubTree.Repository(Cache), ".no_exist", LoopbackHub.Commit));
        var found = new HubCache(_hub.Settings(Cache)).Find(HubReference.Parse(LoopbackHub.Name));
        Assert.Equal(HubTree.Snapshot(Cache), found);
        Assert.Null(HubCache.Missing(found!));
        Assert.Equal(found, HubCache.SnapshotOf(HubTree.Repository(Cache)));
        Assert.Equal(found, await Pull());
        Assert.DoesNotContain(_hub.Requests, request => request.IsFetch);
    }

    [Fact]
    public async Task A_snapshot_with_a_dead_link_is_not_whole_and_is_mended()
    {
        SymbolicLinks.SkipUnlessThere();
        var snapshot = await Pull();
        File.Delete(Path.Combine(HubTree.Repository(Cache), "blobs", _hub.EtagOf("vae/config.json")));
        Assert.Contains("vae/config.json", HubCache.Missing(snapshot));
        AssertWhole(await Pull());
    }

    [Fact]
    public async Task Without_links_the_files_lie_in_the_snapshot()
    {
        var snapshot = await Pull(useLinks: false);
        Assert.All(
            Directory.EnumerateFiles(snapshot, "*", SearchOption.AllDirectories),
            file => Assert.Null(new FileInfo(file).LinkTarget)
        );
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(HubTree.Repository(Cache), "blobs")));
        AssertWhole(snapshot);
        _hub.Requests.Clear();
        await Pull(useLinks: false);
        Assert.DoesNotContain(_hub.Requests, request => request.IsFetch);
    }

    [Fact]
    public async Task A_blob_that_another_snapshot_links_to_is_copied_where_links_are_not_wanted()
    {
        SymbolicLinks.SkipUnlessThere();
        await Pull();
        var (blob, place) = (
            Path.Combine(HubTree.Repository(Cache), "blobs", _hub.EtagOf("vae/config.json")),
            Path.Combine(HubTree.Snapshot(Cache), "vae/config.json")
        );
        File.Delete(place);
        AssertWhole(await Pull(useLinks: false));
        Assert.Null(new FileInfo(place).LinkTarget);
        Assert.True(File.Exists(blob));
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_alone()
    {
        await Pull(withToken: true);
        Assert.All(
            _hub.Requests.Where(request => request.Host == "hub"),
            request => Assert.Equal($"Bearer {LoopbackHub.Secret}", request.Authorization)
        );
        var store = _hub.Requests.Where(request => request.Host == "store").ToList();
        Assert.Equal(4, store.Count);
        Assert.All(store, request => Assert.Null(request.Authorization));
        Assert.All(_hub.Requests, request => Assert.Equal("identity", request.Headers["Accept-Encoding"]));
        Assert.All(_hub.Requests, request => Assert.StartsWith("groundling/", request.Headers["User-Agent"]));
    }

    [Fact]
    public async Task Two_pulls_at_once_fetch_every_file_once()
    {
        _hub.Fault = (request, answer) =>
        {
            if (request.IsFetch)
                answer.Slowness = TimeSpan.FromMilliseconds(1);
            return answer;
        };
        var folders = await Task.WhenAll(Pull(), Pull());
        AssertWhole(folders[0]);
        Assert.Equal(folders[0], folders[1]);
        Assert.All(_hub.Requests.Where(request => request.IsFetch).GroupBy(request => request.Path), fetches => Assert.Single(fetches));
    }

    [Fact]
    public async Task A_lock_that_another_program_holds_is_waited_for()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/usr/bin/flock"),
            "flock(1) holds the lock as the official client does"
        );
        var held = Path.Combine(
            _folder.File("hub/.locks"),
            Path.GetFileName(HubTree.Repository(Cache)),
            $"{_hub.EtagOf("vae/config.json")}.lock"
        );
        Directory.CreateDirectory(Path.GetDirectoryName(held)!);
        using var other = Process.Start(
            new ProcessStartInfo("/usr/bin/flock", ["-x", held, "-c", "echo held; read end"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync());
        var pull = Pull();
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.False(pull.IsCompleted);
        Assert.Null(HubCache.Length(Path.Combine(HubTree.Snapshot(Cache), "vae/config.json")));
        other.StandardInput.WriteLine();
        AssertWhole(await pull);
    }

    [Fact]
    public async Task Until_all_is_there_the_revision_is_not_noted_and_a_stop_keeps_what_came()
    {
        _hub.Fault = (request, answer) =>
        {
            if (request.Host == "store")
                answer.StallAfter = 1000;
            return answer;
        };
        using var stop = new CancellationTokenSource();
        var pull = Pull(stop: stop.Token, patient: true);
        var blobs = Path.Combine(HubTree.Repository(Cache), "blobs");
        while (!Directory.Exists(blobs) || Directory.GetFiles(blobs, "*.incomplete").Sum(file => HubCache.Length(file) ?? 0) < 4000)
            await Task.Delay(10);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        Assert.False(File.Exists(Path.Combine(HubTree.Repository(Cache), "refs/main")));
        _hub.Fault = (_, answer) => answer;
        _hub.Requests.Clear();
        AssertWhole(await Pull());
        Assert.All(_hub.Requests.Where(request => request.Host == "store"), request => Assert.Equal(1000, request.From));
    }

    [Fact]
    public async Task Progress_ends_with_all_there_is()
    {
        using var pull = await ModelPull.PlanAsync(_hub.Settings(Cache), HubReference.Parse(LoopbackHub.Name));
        Assert.Equal(Chosen().Sum(file => (long)_hub.Files[file].Length), pull.MissingBytes);
        Assert.False(Directory.Exists(Cache));
        var seen = new System.Collections.Concurrent.ConcurrentBag<PullProgress>();
        await pull.RunAsync(seen.Add);
        Assert.Contains(new(pull.TotalBytes, pull.TotalBytes, pull.Files.Count, pull.Files.Count), seen);
        Assert.All(seen, progress => Assert.InRange(progress.Bytes, 0, pull.TotalBytes));
        Assert.Equal(0, pull.MissingBytes);
    }

    [Theory]
    [InlineData(false, 403, "GatedRepo", "", "is gated: accept its conditions at HUB/groundling/tiny, then set HF_TOKEN")]
    [InlineData(true, 403, "GatedRepo", "", "use a token of that account (the token from HF_TOKEN may not read it yet)")]
    [InlineData(false, 401, "RepoNotFound", "", "HUB has no such repository, or a private one; check the name, or set HF_TOKEN")]
    [InlineData(true, 404, "RepoNotFound", "", "let the account of the token from HF_TOKEN read it")]
    [InlineData(false, 401, null, "Invalid username or password.", "no such repository, or a private one")]
    [InlineData(true, 401, null, "Invalid credentials in Authorization header", "does not know the token from HF_TOKEN")]
    [InlineData(false, 404, "RevisionNotFound", "", "has no revision 'main'")]
    [InlineData(false, 403, null, "Access to this resource is disabled.", "disabled by the hub")]
    [InlineData(false, 403, null, "not\u0085today", "forbids groundling/tiny")]
    [InlineData(false, 400, null, "", "answers 400")]
    public async Task What_may_not_be_had_is_said_in_one_line(bool withToken, int status, string? code, string text, string says)
    {
        _hub.Fault = (_, _) => HubAnswer.Of(status, code is null ? ("X-Error-Message", text) : ("X-Error-Code", code));
        var message = (await Refused(withToken)).Message;
        Assert.Contains(says.Replace("HUB", _hub.Endpoint), message);
        Assert.Single(_hub.Requests);
    }

    [Fact]
    public async Task A_file_that_is_gated_though_its_list_is_not_says_so()
    {
        _hub.Fault = (request, answer) => request.Method == "HEAD" ? HubAnswer.Of(403, ("X-Error-Code", "GatedRepo")) : answer;
        Assert.Contains("is gated", (await Refused()).Message);
    }

    [Fact]
    public async Task A_renamed_repository_is_followed_within_the_host()
    {
        _hub.Fault = (request, answer) =>
            request.Path.Contains("old/name")
                ? HubAnswer.Of(307, ("Location", request.Path.Replace("old/name", LoopbackHub.Name)))
                : answer;
        var reference = HubReference.Parse("old/name");
        using var pull = await ModelPull.PlanAsync(_hub.Settings(Cache, withToken: true), reference);
        Assert.Equal(LoopbackHub.Name, pull.Listing.Repository);
        AssertWhole(await pull.RunAsync());
        Assert.Null(HubCache.Missing(new HubCache(_hub.Settings(Cache)).Find(reference)!));
    }

    [Theory]
    [InlineData("file:///etc/passwd", "redirects to no address")]
    [InlineData("/api/models/groundling/tiny/revision/main?blobs=true", "more than 10 times")]
    public async Task Redirects_that_lead_nowhere_end(string location, string says)
    {
        _hub.Fault = (_, _) => HubAnswer.Of(302, ("Location", location));
        Assert.Contains(says, (await Refused()).Message);
    }

    [Fact]
    public async Task Room_is_looked_for_first()
    {
        _hub.Fault = (request, answer) =>
        {
            if (request.Path.StartsWith("/api/models"))
                answer.Body = Encoding.UTF8.GetBytes(
                    Regex.Replace(Encoding.UTF8.GetString(answer.Body), "\"size\":\\d{5,}", "\"size\":900000000000000000")
                );
            return answer;
        };
        Assert.Contains("make room", (await Refused()).Message);
        Assert.DoesNotContain(_hub.Requests, request => request.Method == "HEAD");
        Assert.False(Directory.Exists(Cache));
    }

    [Fact]
    public async Task Offline_asks_nothing()
    {
        var settings = HubSettings.From(
            name =>
                name switch
                {
                    "HF_HUB_OFFLINE" => "1",
                    "HF_ENDPOINT" => _hub.Endpoint,
                    _ => null,
                },
            _folder.Path
        );
        Assert.Contains(
            "HF_HUB_OFFLINE",
            (await Assert.ThrowsAsync<HubException>(() => ModelPull.PlanAsync(settings, HubReference.Parse(LoopbackHub.Name)))).Message
        );
        Assert.Empty(_hub.Requests);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("{\"sha\": \"../../../../tmp\", \"siblings\": []}")]
    [InlineData("{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\": [{\"rfilename\": \"a\", \"size\": -1}]}")]
    [InlineData("{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\": [{\"rfilename\": \"../../x\"}, 7]}")]
    public async Task A_list_that_is_none_is_refused(string list)
    {
        _hub.Fault = (_, _) => new() { Body = Encoding.UTF8.GetBytes(list) };
        await Refused();
        Assert.False(Directory.Exists(Cache));
    }

    private async Task<HubException> Refused(bool withToken = false)
    {
        var fault = await Assert.ThrowsAsync<HubException>(() => Pull(withToken: withToken));
        Assert.DoesNotContain(fault.Message, char.IsControl);
        Assert.DoesNotContain(LoopbackHub.Secret, fault.ToString());
        return fault;
    }

    private IEnumerable<string> Chosen() =>
        ModelFiles
            .Choose([.. _hub.Files.Select(file => new HubFile(file.Key, file.Value.Length, null))], full: false)
            .Select(file => file.Path);

    private async Task<string> Pull(bool withToken = false, bool useLinks = true, bool patient = false, CancellationToken stop = default)
    {
        var settings = _hub.Settings(Cache, withToken, useLinks);
        if (patient)
            settings = new() { Endpoint = settings.Endpoint, CacheFolder = Cache };
        using var pull = await ModelPull.PlanAsync(settings, HubReference.Parse(LoopbackHub.Name), stop: stop);
        return await pull.RunAsync(null, stop);
    }

    private void AssertWhole(string snapshot)
    {
        Assert.All(Chosen(), file => Assert.Equal(_hub.Files[file], File.ReadAllBytes(Path.Combine(snapshot, file))));
        Assert.Null(HubCache.Missing(snapshot));
        Assert.DoesNotContain(HubTree.Lines(Cache), line => line.Contains(".incomplete"));
    }
}
