using System.Diagnostics;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Evaluation;

namespace Groundling.Tests.Web.Browsing;

/// <summary>The page of a browsed benchmark in a real browser.</summary>
/// <remarks>
/// Where <c>GROUNDLING_SCREENSHOTS</c> names a folder, the page at both widths and in both colours is written there, to be looked at.
/// </remarks>
public sealed class BrowsePageTests(TinyModel tiny) : IDisposable
{
    private const string Listed =
            "document.querySelectorAll('.tile img[src]').length > 0 && [...document.querySelectorAll('.tile img[src]')].every(image => image.complete)",
        Shown = "!document.getElementById('picture').hidden && document.querySelectorAll('#phrases .phrase').length > 0",
        Painted =
            "[...document.querySelectorAll('.panes canvas')].map(c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; })";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Keys_lead_from_the_list_to_a_picture_its_phrases_and_back()
    {
        using var data = new BrowsedBenchmark();
        var reports = new[] { $"a={data.Report("a", 1, 1, 2, 1, 10)}", $"b={data.Report("b", 2, 10, 0, 4, 10)}" };
        await using var host = await BrowseHost.StartAsync(data.Path, data.File("cache"), reports, tiny.Path);
        await using var browser = await StartAsync();
        await browser.ShowAsync(new(host.Address, "?sort=worst"));
        await browser.UntilAsync(Listed);
        Assert.Equal("3 pictures · 5 phrases", await browser.TextAsync("#count"));
        Assert.Equal("0.13", await browser.TextAsync(".tile b"));
        await browser.PressAsync("ArrowRight", 39); // onto the first
        await browser.PressAsync("ArrowRight", 39);
        await browser.EvaluateAsync("document.activeElement.click()"); // what Enter does on a link
        await browser.UntilAsync($"location.pathname === '/picture/1' && {Shown}");
        Assert.Equal("2 of 3", await browser.TextAsync("#place"));
        Assert.Equal("the grass", await browser.TextAsync(".told mark:nth-of-type(2)"));

        await browser.PressAsync("ArrowDown", 40); // the dog of row 0: a hits, b takes a row too much
        await browser.UntilAsync("document.querySelector('.phrase[aria-pressed=true] .text').textContent.startsWith('a red dog')");
        Assert.Equal(
            ["1.00", "0.50"],
            (await browser.EvaluateAsync("[...document.querySelectorAll('.phrase[aria-pressed=true] .score')].map(e => e.textContent)"))!
                .AsArray()
                .Select(text => (string)text!)
        );
        // truth, a, b, the picture alone, differences: a pixel of ink for each that is not plain
        const string Colours =
            "[...document.querySelectorAll('.panes .off canvas')].map(c => { const d = c.getContext('2d').getImageData(0, 0, 10, 10).data, n = { hit: 0, extra: 0, missed: 0 }; for (let i = 0; i < d.length; i += 4) n[d[i] > 150 ? 'extra' : d[i + 2] > 200 ? 'missed' : d[i + 1] > 100 ? 'hit' : 'none']++; return [n.hit, n.missed, n.extra]; }).flat().join()";
        Assert.Equal("10,0,0,10,0,10", (string)(await browser.EvaluateAsync(Colours))!);
        await browser.PressAsync("a", 65);
        await browser.UntilAsync($"document.querySelectorAll('.strip li').length === {tiny.Pipeline.Diffusion.UNet.Sites.Count}");

        await browser.PressAsync("ArrowRight", 39);
        await browser.UntilAsync("location.pathname === '/picture/2' && document.querySelector('.told').textContent === 'two dogs'");
        await browser.PressAsync("Escape", 27);
        await browser.UntilAsync(
            "location.pathname === '/' && location.search === '?sort=worst' && !document.getElementById('list').hidden"
        );
        await browser.PressAsync("/", 191);
        await browser.TypeAsync("grass");
        await browser.UntilAsync(
            "location.search.includes('words=grass') && document.getElementById('count').textContent.startsWith('1 of 3')"
        );
        await browser.PressAsync("Escape", 27);
        await browser.PressAsync("?", 191);
        await browser.UntilAsync("document.getElementById('keys').open");
        Assert.All(browser.Complaints, complaint => Assert.Contains("503", complaint)); // the browser's own line while the model opens
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_says_so()
    {
        using var data = new BrowsedBenchmark();
        await using var host = await BrowseHost.StartAsync(data.Path, data.File("cache"));
        await using var browser = await StartAsync();
        await browser.ShowAsync(new(host.Address, "picture/4"));
        await browser.UntilAsync("document.getElementById('fault').textContent.startsWith('There is no picture of this id')");
        await browser.ShowAsync(new(host.Address, "?category=zebra"));
        await browser.UntilAsync("document.getElementById('fault').textContent.includes(\"no category 'zebra'\")");
    }

    [Theory]
    [InlineData(1280, false, Explicit = true)]
    [InlineData(1280, true, Explicit = true)]
    [InlineData(390, false, Explicit = true)]
    [InlineData(390, true)]
    public async Task Nothing_is_wider_than_the_window(int width, bool dark)
    {
        var data = EvaluationData.Scenes(_folder, count: 24);
        foreach (var baseline in (string[])["oracle-h8", "whole-image"])
            CommandRun.Of("evaluate", data, "--baseline", baseline, "--out", _folder.File(baseline), "--quiet").Works();
        var reports = new[] { $"attention's grid={_folder.File("oracle-h8")}", $"whole picture={_folder.File("whole-image")}" };
        await using var host = await BrowseHost.StartAsync(data, _folder.File("cache"), reports, tiny.Path);
        await using var browser = await StartAsync();
        await browser.SizeAsync(width, 844, dark);
        await browser.ShowAsync(new(host.Address, "?sort=difference"));
        await browser.UntilAsync(Listed);
        await IsNoWiderAsync(browser);
        await ShowAsync(browser, $"browse-list-{width}-{(dark ? "dark" : "light")}");
        await browser.ClickAsync(".tile a");
        await browser.UntilAsync(Shown);
        await browser.UntilAsync("[...document.querySelectorAll('.panes img')].every(image => image.complete && image.naturalWidth)");
        await IsNoWiderAsync(browser);
        await ShowAsync(browser, $"browse-picture-{width}-{(dark ? "dark" : "light")}");
        await browser.PressAsync("ArrowDown", 40);
        await browser.PressAsync("a", 65);
        await browser.UntilAsync("document.querySelector('.strip li')");
        await IsNoWiderAsync(browser);
        await ShowAsync(browser, $"browse-phrase-{width}-{(dark ? "dark" : "light")}");
        Assert.All(browser.Complaints, complaint => Assert.Contains("503", complaint));
    }

    private static async Task IsNoWiderAsync(Chromium browser) =>
        Assert.True((bool)(await browser.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))!);

    /// <summary>A browser of its own: addresses, history and what was looked at are none of the other tests'.</summary>
    private static async Task<Chromium> StartAsync()
    {
        Assert.SkipWhen(Chromium.Place is null, "no Chromium on this machine (apt-get install chromium)");
        var browser = await Chromium.StartAsync();
        await browser.SizeAsync(1280, 860, dark: false);
        return browser;
    }

    private static async Task ShowAsync(Chromium browser, string name)
    {
        if (Environment.GetEnvironmentVariable("GROUNDLING_SCREENSHOTS") is { Length: > 0 } folder)
            await File.WriteAllBytesAsync(
                Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".png"),
                await browser.ScreenshotAsync()
            );
    }
}
