using System.Diagnostics;
using System.Text.RegularExpressions;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Web.Browsing;

/// <summary>How long the first screen of a large benchmark takes, and how evenly the list scrolls.</summary>
/// <remarks>
/// <c>GROUNDLING_BROWSE_DATA=DIR Groundling.Tests -explicit only -class "*BrowseMeasurement" -diagnostics</c>; DIR is a benchmark of some
/// thousand pictures, <c>GROUNDLING_BROWSE_REPORTS</c> names reports of it with blanks between, <c>GROUNDLING_PROGRAM</c> a program that
/// was published.
/// </remarks>
public sealed partial class BrowseMeasurement
{
    [Fact(Explicit = true)]
    public async Task First_screen_and_frames()
    {
        Assert.SkipWhen(Chromium.Place is null, "no Chromium on this machine (apt-get install chromium)");
        var data = Environment.GetEnvironmentVariable("GROUNDLING_BROWSE_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(data), "GROUNDLING_BROWSE_DATA names no benchmark");
        var reports = Environment.GetEnvironmentVariable("GROUNDLING_BROWSE_REPORTS")?.Split(' ') ?? [];
        using var folder = new TemporaryFolder();
        await using var browser = await Chromium.StartAsync();
        await browser.SizeAsync(1280, 860, dark: false);
        foreach (var what in (string[])["new cache", "kept cache"])
        {
            await browser.ClearAsync();
            var watch = Stopwatch.StartNew();
            var program = GroundlingProgram.Place;
            string[] options =
            [
                "browse",
                data,
                "--port",
                "0",
                "--cache",
                folder.File("cache"),
                .. reports.SelectMany(report => (string[])["--report", report]),
            ];
            using var process = Process.Start(new ProcessStartInfo(program, options) { RedirectStandardOutput = true })!;
            try
            {
                var address = new Uri(Address().Match((await process.StandardOutput.ReadLineAsync())!).Value);
                var listening = watch.Elapsed.TotalSeconds;
                await browser.GoAsync(address);
                await browser.UntilAsync(Seen);
                var seen = watch.Elapsed.TotalSeconds;
                var inPage = (double)(await browser.EvaluateAsync("performance.now()"))! / 1000;
                TestContext.Current.SendDiagnosticMessage(
                    $"{what}: listens after {listening:F2} s, first screen {seen:F2} s after the start, {inPage:F2} s after the page was asked for"
                );
                foreach (var (name, perFrame) in ((string, int)[])[("a wheel's pace", 24), ("a quick wheel's", 120), ("a flick's", 600)])
                {
                    var frames = (await browser.EvaluateAsync(Scrolled(perFrame)))!
                        .AsArray()
                        .Select(value => (double)value!)
                        .Order()
                        .ToList();
                    TestContext.Current.SendDiagnosticMessage(
                        $"{what}, {name} {perFrame} pixels a frame: {1000 / frames.Average():F1} frames a second; median {frames[frames.Count / 2]:F1} ms, 99 of 100 below {frames[(int)(0.99 * frames.Count)]:F1} ms"
                    );
                }
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
    }

    /// <summary>Every tile of the window has its picture.</summary>
    private const string Seen =
        "(() => { const seen = [...document.querySelectorAll('.tile')].filter(t => { const b = t.getBoundingClientRect(); return b.bottom > 0 && b.top < innerHeight; }); return seen.length > 4 && seen.every(t => t.image.complete && t.image.naturalWidth); })()";

    /// <summary>Milliseconds between frames while five seconds are scrolled.</summary>
    private static string Scrolled(int perFrame) =>
        $"new Promise(done => {{ const times = []; let last = performance.now(); scrollTo(0, 0); const step = now => {{ times.push(now - last); last = now; scrollBy(0, {perFrame}); times.length < 300 ? requestAnimationFrame(step) : done(times.slice(2)); }}; requestAnimationFrame(step); }})";

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Address();
}
