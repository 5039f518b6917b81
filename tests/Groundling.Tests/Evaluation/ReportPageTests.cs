using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Web;

namespace Groundling.Tests.Evaluation;

/// <summary>
/// The pages of reports in a browser. Where <c>GROUNDLING_SCREENSHOTS</c> names a folder, they are written there at both widths and in both
/// colours, to be looked at.
/// </summary>
public sealed class ReportPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reports_and_comparisons_fit_a_telephone_in_light_and_dark()
    {
        Assert.SkipUnless(Chromium.Place is not null, "needs Chromium");
        var data = EvaluationData.Scenes(_folder, count: 12);
        foreach (var baseline in (string[])["random", "oracle-h8", "oracle"])
            CommandRun.Of("evaluate", data, "--baseline", baseline, "--out", _folder.File(baseline), "--quiet").Works();
        string[] methods = [_folder.File("oracle-h8"), _folder.File("oracle")];
        CommandRun.Of(["compare", .. methods, "--out", _folder.File("two"), "--quiet"]).Works();
        CommandRun.Of(["compare", _folder.File("random"), .. methods, "--out", _folder.File("three"), "--quiet"]).Works();
        await using var browser = await Chromium.StartAsync();
        foreach (var page in (string[])["random/report.html", "two/comparison.html", "three/comparison.html"])
        foreach (var width in (int[])[1280, 390])
        foreach (var dark in (bool[])[false, true])
        {
            await browser.SizeAsync(width, 900, dark);
            await browser.ShowAsync(new(_folder.File(page)));
            if (Environment.GetEnvironmentVariable("GROUNDLING_SCREENSHOTS") is { Length: > 0 } shots)
                File.WriteAllBytes(
                    Path.Combine(shots, $"{page.Replace('/', '-')}-{width}-{(dark ? "dark" : "light")}.png"),
                    await browser.ScreenshotAsync()
                );
            Assert.Empty(browser.Complaints);
            Assert.True(
                (bool)(await browser.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))!,
                $"{page} is wider than {width} pixels"
            );
            Assert.Equal(
                dark ? "rgb(14, 18, 22)" : "rgb(246, 247, 248)",
                (string?)await browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor")
            );
        }
    }
}
