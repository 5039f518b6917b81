using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Tests.Data;
using Groundling.Tests.Method;
using Groundling.Web;

namespace Groundling.Tests.Web;

/// <summary>The page in a real browser; the tests that are explicit run with <c>-explicit on -class "*PageTests"</c>.</summary>
/// <remarks>
/// Where <c>GROUNDLING_SCREENSHOTS</c> names a folder, the page at both widths and in both colours is written there, to be looked at.
/// </remarks>
public sealed class PageTests(TinyModel tiny, BrowserAndService shared) : IClassFixture<BrowserAndService>
{
    private const string Sample = "[data-sample=balloons]",
        Answered = "document.getElementById('main').dataset.state === 'answer' && !document.querySelector('.busy')";

    [Fact]
    public async Task A_picture_and_a_caption_become_masks()
    {
        await using var page = await OpenAsync();
        var file = page.Browser.Folder.Write("dunes.png", ServiceHost.Picture(320, 200));
        await page.Browser.ChooseAsync("#file", file);
        await page.Browser.UntilAsync("!document.getElementById('stages').hidden && document.activeElement.id === 'caption'");
        await page.Browser.TypeAsync("Two dogs sleep near a red car.");
        await page.Browser.UntilAsync("document.querySelectorAll('.editor mark').length === 2");
        Assert.Equal("Two dogs", await page.Browser.TextAsync(".editor mark"));
        await page.Browser.PressAsync("Enter", 13);
        await page.Browser.UntilAsync(Answered);
        Assert.Equal(2, (int)(await page.Browser.EvaluateAsync("document.querySelectorAll('#phrases li').length"))!);
        Assert.Contains("phrases found", await page.Browser.TextAsync("#live"));
        Assert.Equal("", await page.Browser.TextAsync("#nothing"));
        Assert.True((int)(await page.Browser.EvaluateAsync(Inked))! > 1_000);
        page.IsContent();
    }

    [Fact]
    public async Task Where_nothing_is_above_the_threshold_the_page_says_so_and_offers_a_lower_one()
    {
        using var folder = new TemporaryFolder();
        using (var model = TinyGrounding.Build(tiny, TinyGrounding.Config with { Threshold = 0.99 }))
            GroundingFolder.Save(folder.File("trained"), model);
        await using var page = await OpenAsync(new(), trained: folder.File("trained"));
        await page.GroundSampleAsync();
        Assert.Equal(0, (int)(await page.Browser.EvaluateAsync(Inked))!);
        Assert.Contains("Nothing is above 0.99; the highest probability is 0.", await page.Browser.TextAsync("#nothing"));
        await page.Browser.ClickAsync("#nothing button");
        await page.Browser.UntilAsync("document.querySelectorAll('.phrase:not(.none)').length > 0");
        Assert.True((int)(await page.Browser.EvaluateAsync(Inked))! > 1_000);
        page.IsContent();
    }

    [Fact]
    public async Task The_threshold_moves_the_masks_without_asking_the_service_again()
    {
        using var folder = new TemporaryFolder();
        using (var model = TinyGrounding.Build(tiny, stirred: true))
            GroundingFolder.Save(folder.File("trained"), model);
        await using var page = await OpenAsync(new(), trained: folder.File("trained"));
        await page.GroundSampleAsync();
        var asked = page.Service.Log.Split("/v1/ground").Length;
        var some = (double)(await page.Browser.EvaluateAsync(Inked))!;
        var all = await InkedAtAsync(0);
        Assert.InRange(some, 1, all - 1);
        Assert.Equal(1, all / (double)(await page.Browser.EvaluateAsync("document.querySelector('canvas.masks').width ** 2"))!);
        Assert.InRange(await InkedAtAsync(0.9), 0, some - 1);
        Assert.Equal(asked, page.Service.Log.Split("/v1/ground").Length);
        page.IsContent();

        async Task<double> InkedAtAsync(double threshold)
        {
            await page.Browser.EvaluateAsync(
                $"(() => {{ const slider = document.getElementById('threshold'); slider.value = Math.sqrt({threshold}); slider.dispatchEvent(new Event('input')); }})()"
            );
            await page.Browser.EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
            return (double)(await page.Browser.EvaluateAsync(Inked))!;
        }
    }

    [Fact]
    public async Task Pointing_lights_a_phrase_up_pinning_keeps_it_and_Escape_lets_it_go()
    {
        await using var page = await OpenAsync();
        await page.GroundSampleAsync();
        await page.Browser.MouseAsync("#phrases li:nth-child(3) button", 0.5, 0.5);
        await page.Browser.UntilAsync(
            "document.querySelector('.frame').classList.contains('lit') && document.querySelector('.editor mark.on')?.dataset.phrase === '2'"
        );
        await page.Browser.MouseAsync("#phrases li:nth-child(3) button", 0.5, 0.5, click: true);
        await page.Browser.MouseAsync("h1", 0.5, 0.5);
        Assert.Equal(
            "true",
            (string)(await page.Browser.EvaluateAsync("document.querySelectorAll('.phrase')[2].getAttribute('aria-pressed')"))!
        );
        await page.Browser.UntilAsync("document.querySelector('.frame').classList.contains('lit')");
        await page.Browser.ClickAsync("#look");
        await page.Browser.UntilAsync($"document.querySelectorAll('.strip li').length === {tiny.Pipeline.Diffusion.UNet.Sites.Count}");
        await page.Browser.PressAsync("Escape", 27);
        await page.Browser.UntilAsync(
            "!document.querySelector('.frame').classList.contains('lit') && document.getElementById('inside').hidden"
        );
        page.IsContent();
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Page")]
    public async Task The_keyboard_reaches_every_phrase()
    {
        await using var page = await OpenAsync();
        await page.GroundSampleAsync();
        await page.Browser.EvaluateAsync("document.querySelector('.phrase').focus()");
        await page.Browser.PressAsync("ArrowDown", 40);
        await page.Browser.PressAsync("ArrowDown", 40);
        Assert.Equal(await page.Browser.TextAsync("#phrases li:nth-child(3) .text"), await page.Browser.TextAsync(".phrase:focus .text"));
        await page.Browser.PressAsync("End", 35);
        Assert.True(
            (bool)(await page.Browser.EvaluateAsync("document.activeElement === document.querySelector('#phrases li:last-child button')"))!
        );
        page.IsContent();
    }

    [Fact]
    public async Task Downloads_are_what_the_service_would_have_said()
    {
        await using var page = await OpenAsync();
        await page.GroundSampleAsync();
        foreach (var kind in new[] { "overlay", "json", "panoptic" })
            await page.Browser.ClickAsync($"[data-download={kind}]");
        string[] names = ["balloons-overlay.png", "balloons-phrases.json", "panoptic.json", "panoptic.png"];
        for (var i = 0; i < 200 && !names.All(name => File.Exists(page.Browser.Folder.File(name))); i++)
            await Task.Delay(50);
        Assert.All(names, name => Assert.True(File.Exists(page.Browser.Folder.File(name)), name));
        Assert.Equal((512, 512), Size(Picture.Load(page.Browser.Folder.File("balloons-overlay.png"))));

        var phrases = JsonNode.Parse(File.ReadAllText(page.Browser.Folder.File("balloons-phrases.json")))!;
        var answer = await ServiceHost.Json(
            await page.Service.Ground(
                File.ReadAllBytes(Path.Combine(Shared.Root, "samples/balloons.png")),
                (string)phrases["caption"]!,
                ("threshold", ((double)phrases["threshold"]!).ToString("R"))
            )
        );
        foreach (var (ours, theirs) in phrases["phrases"]!.AsArray().Zip(answer["phrases"]!.AsArray()))
        {
            var (mask, exact) = (Mask(ours!), Mask(theirs!));
            Assert.Equal((int)ours!["area"]!, mask.Area);
            // Eight bits and a quarter of the network's size: nearly the same mask.
            var different = mask.ToBytes().Zip(exact.ToBytes()).Count(pair => pair.First != pair.Second);
            Assert.InRange(different, 0, 512 * 512 / 12);
        }
        var panoptic = JsonNode.Parse(File.ReadAllText(page.Browser.Folder.File("panoptic.json")))!;
        var ids = Picture
            .Load(page.Browser.Folder.File("panoptic.png"))
            .Rgb.Chunk(3)
            .Select(pixel => pixel[0] + 256 * pixel[1] + 65536 * pixel[2])
            .CountBy(id => id)
            .ToDictionary();
        foreach (var segment in panoptic["annotations"]![0]!["segments_info"]!.AsArray())
            Assert.Equal(ids[(int)segment!["id"]!], (int)segment["area"]!);
        page.IsContent();
    }

    [Fact]
    public async Task Faults_are_told_beside_what_caused_them()
    {
        await using var page = await OpenAsync(new() { MaxMegabytes = 1 });
        await page.Browser.ChooseAsync("#file", page.Browser.Folder.Write("notes.png", "no picture"));
        await page.Browser.UntilAsync("document.getElementById('picture-fault').textContent.includes('notes.png is damaged')");
        await page.Browser.ChooseAsync("#file", page.Browser.Folder.Write("large.png", new byte[2 << 20]));
        await page.Browser.UntilAsync("document.getElementById('picture-fault').textContent.includes('1 are allowed')");
        await page.Browser.ChooseAsync("#file", page.Browser.Folder.Write("good.png", ServiceHost.Picture()));
        await page.Browser.UntilAsync("document.getElementById('picture-fault').hidden");
        await page.Browser.ClickAsync("#caption");
        await page.Browser.TypeAsync("a [dog");
        await page.Browser.UntilAsync("document.getElementById('caption-fault').textContent.includes('never closed')");
        // the browser's own line about the refused request
        Assert.All(page.Browser.Complaints, complaint => Assert.Contains("400", complaint));
    }

    [Fact]
    public async Task A_service_with_a_key_asks_for_it()
    {
        await using var page = await OpenAsync(new() { ApiKey = "sesame" }, waits: false);
        await page.Browser.UntilAsync("!document.getElementById('key').hidden");
        await page.Browser.EvaluateAsync("document.getElementById('key-field').focus()");
        await page.Browser.TypeAsync("sesame");
        await page.Browser.PressAsync("Enter", 13);
        await page.Browser.UntilAsync(
            "document.getElementById('model').dataset.state === 'ready' && document.getElementById('key').hidden"
        );
        await page.GroundSampleAsync();
    }

    [Theory]
    [InlineData(1280, false, Explicit = true)]
    [InlineData(1280, true, Explicit = true)]
    [InlineData(390, false, Explicit = true)]
    [InlineData(390, true)]
    public async Task Nothing_is_wider_than_the_window_and_colours_follow_the_readers_choice(int width, bool dark)
    {
        await using var page = await OpenAsync();
        await page.Browser.SizeAsync(width, 844, dark);
        await page.GroundSampleAsync();
        await page.Browser.EvaluateAsync("document.querySelector('.phrase').click(); document.getElementById('look').click()");
        await page.Browser.UntilAsync("document.querySelector('.strip li')");
        Assert.True(
            (bool)(await page.Browser.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))!
        );
        Assert.Equal(
            dark ? "rgb(14, 18, 22)" : "rgb(246, 247, 248)",
            (string)(await page.Browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor"))!
        );
        // Text is readable on its ground: 4.5 to 1, as WCAG 2.2 asks.
        Assert.InRange((double)(await page.Browser.EvaluateAsync(Contrast))!, 4.5, 21);
        page.IsContent();
        await page.ShowAsync($"page-{width}-{(dark ? "dark" : "light")}");
    }

    [Fact]
    public async Task The_embedded_model_says_who_it_is_and_finds_most_phrases_of_a_sample()
    {
        await using var page = await OpenAsync(new(), model: Path.Combine(AppContext.BaseDirectory, "models", "scenes"));
        await page.GroundSampleAsync();
        Assert.Contains("scenes", await page.Browser.TextAsync("#model"));
        var phrases = (int)(await page.Browser.EvaluateAsync("document.querySelectorAll('#phrases li').length"))!;
        Assert.Equal(9, phrases);
        Assert.InRange(
            (int)(await page.Browser.EvaluateAsync("document.querySelectorAll('#phrases li .phrase:not(.none)').length"))!,
            phrases / 2 + 1,
            phrases
        );
        Assert.True((bool)(await page.Browser.EvaluateAsync("document.getElementById('warnings').hidden"))!);
        page.IsContent();
        await page.ShowAsync("page-embedded");
        await page.Browser.EvaluateAsync("document.getElementById('caption').select()");
        await page.Browser.TypeAsync("A zebra is on the grass.");
        await page.Browser.UntilAsync("document.querySelectorAll('.editor mark').length === 2");
        await page.Browser.ClickAsync("#ground");
        await page.Browser.UntilAsync("document.getElementById('warnings').textContent.includes(\"never read 'zebra'\")");
        Assert.False((bool)(await page.Browser.EvaluateAsync("document.getElementById('warnings').hidden"))!);
    }

    private const string Inked =
        "(() => { const c = document.querySelector('canvas.masks'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 127; return n; })()";

    private const string Contrast = """
        (() => {
          const light = colour => { const [r, g, b] = colour.match(/[\d.]+/g).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
          return Math.min(...['.hint', '.tagline', '#phrases li:nth-child(2) .facts', '.primary', '.inside-head p'].map(name => {
            const element = document.querySelector(name); let ground = element;
            while (getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
            const [a, b] = [light(getComputedStyle(element).color), light(getComputedStyle(ground).backgroundColor)].sort((a, b) => b - a);
            return (a + .05) / (b + .05);
          }));
        })()
        """;

    private static (int, int) Size(Picture picture) => (picture.Width, picture.Height);

    private static RunLengthMask Mask(JsonNode phrase) => RunLengthMask.Parse((string)phrase["segmentation"]!["counts"]!, 512, 512);

    /// <summary>The page, as for a reader who was never here; with options, that of a service of its own.</summary>
    private async Task<OpenPage> OpenAsync(ServerOptions? options = null, bool waits = true, string? model = null, string? trained = null)
    {
        Assert.SkipWhen(Chromium.Place is null, "no Chromium on this machine (apt-get install chromium)");
        var browser = await shared.Browser;
        var page = new OpenPage(
            options is null ? await shared.Service : await ServiceHost.StartAsync(model ?? tiny.Path, options, trained),
            browser,
            OwnsService: options is not null
        );
        await browser.ClearAsync();
        await browser.SizeAsync(1280, 860, dark: false);
        if (waits)
            await browser.OpenAsync(page.Service.Address);
        else
            _ = await browser.EvaluateAsync($"location.href = '{page.Service.Address}'");
        await browser.UntilAsync($"document.querySelector('{Sample}')");
        return page;
    }

    private sealed record OpenPage(ServiceHost Service, Chromium Browser, bool OwnsService) : IAsyncDisposable
    {
        public async Task GroundSampleAsync()
        {
            await Browser.ClickAsync(Sample);
            await Browser.UntilAsync(Answered);
        }

        /// <summary>Writes what is seen, where somebody wants to look at it.</summary>
        public async Task ShowAsync(string name)
        {
            if (Environment.GetEnvironmentVariable("GROUNDLING_SCREENSHOTS") is { Length: > 0 } folder)
                await File.WriteAllBytesAsync(
                    Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".png"),
                    await Browser.ScreenshotAsync()
                );
        }

        /// <summary>Nothing went wrong that nobody saw.</summary>
        public void IsContent() => Assert.Empty(Browser.Complaints);

        public ValueTask DisposeAsync() => OwnsService ? Service.DisposeAsync() : default;
    }
}
