using System.Diagnostics;
using Groundling.Hub;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Hub;

/// <summary>Pulls that are killed, cut off and stalled at random, over and over, as processes of their own.</summary>
public sealed class BrokenPullTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(20);
    private LoopbackHub? _hub;

    public void Dispose()
    {
        _hub?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public Task Six_breaks_leave_the_right_bytes() => Survive(6);

    // Groundling.Tests -explicit only -class "*BrokenPullTests" -diagnostics
    [Fact(Explicit = true)]
    public Task Two_hundred_breaks_leave_the_right_bytes() => Survive(200);

    /// <summary>
    /// Breaks pulls, each with a third's chance by SIGKILL, by a cut, and by a stall, until so many were; a new model each time one is
    /// whole.
    /// </summary>
    private async Task Survive(int breaks)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "kills processes");
        var (killed, cut, stalled, whole, resumed) = (0, 0, 0, 0, 0);
        while (killed + cut + stalled < breaks)
        {
            var cache = _folder.File($"hub{whole}");
            using var hub = _hub = new LoopbackHub(LoopbackHub.SmallModel(weights: 400_000));
            var isWhole = false;
            while (!isWhole)
            {
                var kind = killed + cut + stalled < breaks ? _random.Next(3) : -1;
                var (done, at) = (0, _random.Next(1, 390_000));
                hub.Fault = (request, answer) =>
                {
                    if (request.Host != "store")
                        return answer;
                    if (kind == 0)
                        answer.Slowness = TimeSpan.FromMilliseconds(1);
                    else if (kind > 0 && Interlocked.Exchange(ref done, 1) == 0)
                    {
                        if (kind == 1)
                            answer.CutAfter = Math.Min(at, answer.Body.Length - 1);
                        else
                            answer.StallAfter = Math.Min(at, answer.Body.Length - 1);
                    }
                    return answer;
                };
                hub.Requests.Clear();
                using var pull = Start(hub, cache);
                if (kind == 0)
                {
                    while (!pull.HasExited && !hub.Requests.Any(request => request.Host == "store"))
                        await Task.Delay(2);
                    await Task.Delay(_random.Next(0, 600));
                    pull.Kill();
                    killed += 1;
                }
                else if (kind == 1)
                    cut += 1;
                else if (kind == 2)
                    stalled += 1;
                await pull.WaitForExitAsync();
                resumed += hub.Requests.Count(request => request.From > 0);
                Assert.All(hub.Requests.Where(request => request.Host == "store"), request => Assert.Null(request.Authorization));
                isWhole = pull.ExitCode == 0;
                if (kind != 0)
                    Assert.True(isWhole, await pull.StandardError.ReadToEndAsync());
                AssertNothingWrong(hub, cache, isWhole);
            }
            whole += 1;
        }
        Assert.True(resumed > 0);
        TestContext.Current.SendDiagnosticMessage(
            $"{killed} kills, {cut} cuts, {stalled} stalls, {whole} models whole, {resumed} ranges asked for"
        );
    }

    /// <summary>At every moment all blobs, and all that snapshots link to, have the right bytes.</summary>
    private static void AssertNothingWrong(LoopbackHub hub, string cache, bool isWhole)
    {
        var contents = hub.Files.ToDictionary(file => hub.EtagOf(file.Key), file => file.Value);
        var repository = HubTree.Repository(cache);
        if (Directory.Exists(Path.Combine(repository, "blobs")))
            foreach (var blob in Directory.EnumerateFiles(Path.Combine(repository, "blobs")).Where(blob => !blob.EndsWith(".incomplete")))
                Assert.Equal(contents[Path.GetFileName(blob)], File.ReadAllBytes(blob));
        var found = new HubCache(hub.Settings(cache)).Find(HubReference.Parse(LoopbackHub.Name));
        Assert.Equal(isWhole, found is not null && HubCache.Missing(found) is null);
        if (!isWhole)
            return;
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(repository, "blobs"), "*.incomplete"));
        foreach (var file in Directory.EnumerateFiles(found!, "*", SearchOption.AllDirectories))
            Assert.Equal(hub.Files[LoopbackHub.PlaceIn(found!, file)], File.ReadAllBytes(file));
    }

    private static Process Start(LoopbackHub hub, string cache)
    {
        var start = new ProcessStartInfo(GroundlingProgram.Place, ["pull", LoopbackHub.Name, "--quiet"]) { RedirectStandardError = true };
        foreach (
            var (name, value) in new[]
            {
                ("HF_ENDPOINT", hub.Endpoint),
                ("HF_HUB_CACHE", cache),
                ("HF_TOKEN", LoopbackHub.Secret),
                ("HF_HUB_DOWNLOAD_TIMEOUT", "0.5"),
                ("HF_HUB_ETAG_TIMEOUT", "60"),
            }
        )
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
