using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Tests.Data;
using Groundling.Tests.Web;
using Groundling.Web.Browsing;

namespace Groundling.Tests.Editing;

/// <summary>The editor in a real browser, by pointer and by keyboard, and what is in the data's files afterwards.</summary>
/// <remarks>Where <c>GROUNDLING_SCREENSHOTS</c> names a folder, the page is written there, to be looked at.</remarks>
public sealed class EditPageTests(BrowserAndService shared) : IClassFixture<BrowserAndService>, IDisposable
{
    private const string Kept = "document.getElementById('status').dataset.state === 'kept'";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task By_pointer_words_become_phrases_and_strokes_their_segments()
    {
        var data = EditingData.Begin(_folder);
        await using (var page = await OpenAsync(data))
        {
            var browser = page.Browser;
            // Words that are in another phrase are none; a free word is, and is removed again.
            await browser.DragAsync(("[data-word='3']", 0.5, 0.5), ("[data-word='4']", 0.5, 0.5));
            await browser.UntilAsync("document.getElementById('fault').textContent.includes('overlaps the phrase')");
            await browser.DragAsync(("[data-word='6']", 0.3, 0.5), ("[data-word='6']", 0.7, 0.5));
            await browser.UntilAsync("document.querySelector('mark.on')?.textContent === 'by'");
            await browser.ClickAsync("#phrases .on ~ .remove");
            await browser.UntilAsync($"document.querySelectorAll('#phrases li').length === 3 && {Kept}");
            // Painted: the brush for the barn, a polygon for the first dog, the same phrase's second by a polygon of its own.
            await browser.ClickAsync("#phrases li:nth-child(1) .phrase");
            await browser.ClickAsync("[data-tool=brush]");
            await browser.DragAsync((".world .picture", 0.2, 0.3), (".world .picture", 0.4, 0.3), (".world .picture", 0.4, 0.5));
            await browser.UntilAsync($"document.querySelectorAll('#segments li').length === 1 && {Kept}");
            await browser.ClickAsync("#phrases li:nth-child(2) .phrase");
            await browser.ClickAsync("[data-tool=polygon]");
            foreach (var left in (double[])[0.5, 0.75])
            {
                foreach (var (x, y) in ((double, double)[])[(left, 0.6), (left + 0.15, 0.6), (left + 0.15, 0.8), (left, 0.8)])
                    await browser.MouseAsync(".world .picture", x, y, click: true);
                await browser.PressAsync("Enter", 13);
                await browser.UntilAsync(Kept);
                await browser.PressAsync("n", 78);
            }
            await browser.UntilAsync($"document.querySelectorAll('#segments li').length === 3 && {Kept}");
            // All the rest is the sea.
            await browser.ClickAsync("#phrases li:nth-child(3) .phrase");
            await browser.EvaluateAsync("document.getElementById('kind').value = 'stuff'");
            await browser.ClickAsync("[data-tool=fill]");
            await browser.MouseAsync(".world .picture", 0.03, 0.95, click: true);
            await browser.UntilAsync($"document.querySelectorAll('#segments li').length === 4 && {Kept}");
            await browser.ClickAsync("#undo");
            await browser.UntilAsync($"document.querySelectorAll('#segments li').length === 3 && {Kept}");
            await browser.ClickAsync("#redo");
            await browser.UntilAsync($"document.querySelectorAll('#segments li').length === 4 && {Kept}");
            Assert.Empty(browser.Complaints);
            await page.ShowAsync("edit-1280-light");
            await browser.SizeAsync(390, 844, dark: true);
            Assert.True(
                (bool)(await browser.EvaluateAsync("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))!
            );
            await page.ShowAsync("edit-390-dark");
        }
        var example = EditingData.Sound(data)[0];
        Assert.Equal(["a red barn", "two dogs", "the sea"], example.Phrases.Select(phrase => phrase.Span.Text));
        Assert.Equal([1, 2, 1], example.Phrases.Select(phrase => phrase.Segments.Count));
        Assert.Equal([true, true, false], example.Phrases.Select(phrase => phrase.LastIsThing));
        Assert.Equal(0, PanopticMap.Load(example.PanopticPath).VoidPixels);
    }

    [Fact]
    public async Task By_keyboard_alone_a_picture_is_told_and_painted()
    {
        var data = EditingData.Begin(_folder);
        await using (var page = await OpenAsync(data, "2"))
        {
            var browser = page.Browser;
            await browser.UntilAsync("document.activeElement.id === 'text'"); // nobody has told it yet
            await browser.TypeAsync("a quiet lake in the woods");
            await browser.PressAsync("Enter", 13);
            await browser.UntilAsync($"document.querySelectorAll('#phrases li').length === 2 && {Kept}");
            // The phrase's end moves to the caption's end once the other is gone.
            await browser.EvaluateAsync("document.querySelector('[data-word=\"5\"]').focus()");
            await browser.PressAsync("Delete", 46);
            await browser.UntilAsync($"document.querySelectorAll('#phrases li').length === 1 && {Kept}");
            await browser.EvaluateAsync("document.querySelector('[data-word=\"2\"]').focus()");
            await browser.PressAsync("Enter", 13);
            await browser.UntilAsync("document.querySelector('mark.on') !== null");
            // The brush, put down, moved and lifted.
            await browser.EvaluateAsync("document.getElementById('stage').focus()");
            await browser.PressAsync("b", 66);
            await browser.PressAsync("ArrowRight", 39);
            await browser.PressAsync("Enter", 13);
            for (var i = 0; i < 6; i++)
                await browser.PressAsync("ArrowDown", 40);
            await browser.PressAsync("Enter", 13);
            await browser.UntilAsync($"document.querySelectorAll('#segments li').length === 1 && {Kept}");
            Assert.Empty(browser.Complaints);
        }
        var example = EditingData.Sound(data)[1];
        Assert.Equal("a quiet lake in the woods", example.Caption.Text);
        Assert.Equal("a quiet lake", Assert.Single(example.Phrases).Span.Text);
        Assert.InRange(example.Phrases[0].Segments[0].Area, 150, 16 * 30);
    }

    [Fact]
    public async Task A_second_editor_of_a_picture_is_told_and_changes_nothing()
    {
        var data = EditingData.Begin(_folder);
        await using var page = await OpenAsync(data);
        var begun = JsonNode.Parse(await page.Client.GetStringAsync("v1/edit/1"))!;
        var answer = await page.Client.PostAsJsonAsync(
            "v1/edit/1",
            new
            {
                version = (string)begun["state"]!["version"]!,
                key = "other",
                operation = new
                {
                    op = "add_segment",
                    category = "barn",
                    id = 5,
                },
            }
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await page.Browser.ClickAsync("#phrases li:nth-child(1) .remove");
        await page.Browser.UntilAsync("!document.getElementById('conflict').hidden");
        await page.Browser.ClickAsync("#reload");
        await page.Browser.UntilAsync("document.querySelectorAll('#segments li').length === 1");
        Assert.Equal(3, (int)(await page.Browser.EvaluateAsync("document.querySelectorAll('#phrases li').length"))!);
    }

    [Theory]
    [InlineData("v1/edit/1", "{\"version\":\"x\",\"key\":\"k\",\"operation\":{\"op\":\"undo\"}}", 409, "another editor")]
    [InlineData("v1/edit/9", "{\"version\":\"x\",\"key\":\"k\",\"operation\":{\"op\":\"undo\"}}", 404, "no picture")]
    [InlineData("v1/edit/1", "{\"version\":\"x\",\"key\":\"k\",\"operation\":7}", 400, "no edit")]
    [InlineData("v1/edit/1", "{\"version\":\"x\",\"key\":\"k\"}", 400, "")]
    [InlineData("v1/edit/1", "{\"version\":3,\"key\":\"k\",\"operation\":{}}", 400, "'version' is malformed")]
    [InlineData("v1/edit/1", "[", 400, "not a JSON object")]
    [InlineData("v1/edit/phrases", "{\"caption\":\"a [dog\"}", 400, "never closed")]
    public async Task Requests_that_cannot_be_done_are_refused(string address, string body, int status, string says)
    {
        await using var host = await EditorHost.StartAsync(EditingData.Begin(_folder));
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await ServiceHost.IsProblem(
            await host.Client.PostAsync(address, content),
            status,
            says,
            status == 409 ? "version"
                : says == "no edit" ? "operation"
                : says.StartsWith('\'') ? "version"
                : says == "never closed" ? "caption"
                : null
        );
    }

    private async Task<OpenEditor> OpenAsync(string data, string id = "1")
    {
        Assert.SkipWhen(Chromium.Place is null, "no Chromium on this machine (apt-get install chromium)");
        var (host, browser) = (await EditorHost.StartAsync(data), await shared.Browser);
        await browser.ClearAsync();
        await browser.SizeAsync(1280, 860, dark: false);
        _ = await browser.EvaluateAsync($"location.href = '{host.Address}edit/{id}'");
        await browser.UntilAsync($"document.getElementById('main')?.dataset.state === 'ready' && {Kept}");
        return new(host, browser);
    }

    private sealed record OpenEditor(EditorHost Host, Chromium Browser) : IAsyncDisposable
    {
        public HttpClient Client => Host.Client;

        public async Task ShowAsync(string name)
        {
            if (Environment.GetEnvironmentVariable("GROUNDLING_SCREENSHOTS") is { Length: > 0 } folder)
                await File.WriteAllBytesAsync(
                    Path.Combine(Directory.CreateDirectory(folder).FullName, name + ".png"),
                    await Browser.ScreenshotAsync()
                );
        }

        public async ValueTask DisposeAsync()
        {
            await Browser.ClearAsync();
            await Host.DisposeAsync();
        }
    }

    /// <summary>The editor on a free port of this machine.</summary>
    private sealed class EditorHost : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly BrowseServer _server;
        private Task _ended = Task.CompletedTask;

        private EditorHost(BrowseServer server) => _server = server;

        public Uri Address { get; private set; } = new("http://localhost");

        public HttpClient Client { get; } = new();

        public static async Task<EditorHost> StartAsync(string data)
        {
            var cache = Path.Combine(Path.GetDirectoryName(data)!, "cache");
            var host = new EditorHost(
                new(
                    new BrowseOptions
                    {
                        Data = data,
                        Edit = true,
                        Port = 0,
                        Cache = cache,
                    }
                )
            );
            host.Address = host.Client.BaseAddress = await host._server.ListenAsync();
            host._ended = Task.Run(() => host._server.Run(host._stop.Token));
            return host;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _ended;
            await _server.DisposeAsync();
            Client.Dispose();
            _stop.Dispose();
        }
    }
}
