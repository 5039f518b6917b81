using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Groundling.Data.NounPhrases;
using Groundling.Tests.Data;

namespace Groundling.Tests.Web;

/// <summary>The Chromium of this machine, driven over its DevTools protocol.</summary>
internal sealed partial class Chromium : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private readonly TemporaryFolder _folder;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    private readonly CancellationTokenSource _end = new();
    private int _last;

    private Chromium(Process process, TemporaryFolder folder) => (_process, _folder) = (process, folder);

    /// <summary>Where it is, or null.</summary>
    public static string? Place => Places.FirstOrDefault(File.Exists);

    /// <summary>What the page complained of: exceptions, and errors in its log.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Where downloads and screenshots go.</summary>
    public TemporaryFolder Folder => _folder;

    public static async Task<Chromium> StartAsync()
    {
        var folder = new TemporaryFolder();
        var process = Process.Start(
            new ProcessStartInfo(
                Place!,
                [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--remote-debugging-port=0",
                    $"--user-data-dir={folder.File("profile")}",
                    "about:blank",
                ]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        var browser = new Chromium(process, folder);
        Match address;
        do address = WebSocketAddress()
            .Match(
                await process.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30))
                    ?? throw new InvalidOperationException("Chromium ended at its start.")
            );
        while (!address.Success);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        using var client = new HttpClient();
        var targets = JsonNode.Parse(await client.GetStringAsync($"http://{new Uri(address.Value).Authority}/json"))!.AsArray();
        await browser._socket.ConnectAsync(
            new((string)targets.First(target => (string)target!["type"]! == "page")!["webSocketDebuggerUrl"]!),
            default
        );
        _ = browser.ListenAsync();
        foreach (var domain in new[] { "Page", "Runtime", "Log", "DOM" })
            await browser.SendAsync($"{domain}.enable");
        await browser.SendAsync("Browser.setDownloadBehavior", new { behavior = "allow", downloadPath = folder.Path });
        return browser;
    }

    public Task SizeAsync(int width, int height, bool dark) =>
        Task.WhenAll(
            SendAsync(
                "Emulation.setDeviceMetricsOverride",
                new
                {
                    width,
                    height,
                    deviceScaleFactor = 1,
                    mobile = width < 600,
                }
            ),
            SendAsync(
                "Emulation.setEmulatedMedia",
                new { features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } }
            )
        );

    /// <summary>Leaves the page with all that was going on in it, and forgets its complaints.</summary>
    public async Task ClearAsync()
    {
        await SendAsync("Page.navigate", new { url = "about:blank" });
        await UntilAsync("location.href === 'about:blank' && document.readyState === 'complete'");
        await SendAsync(
            "Input.dispatchMouseEvent",
            new
            {
                type = "mouseMoved",
                x = 0,
                y = 0,
            }
        );
        Complaints.Clear();
    }

    public async Task OpenAsync(Uri address)
    {
        await GoAsync(address);
        await UntilAsync("document.readyState === 'complete' && document.getElementById('model')?.dataset.state === 'ready'");
    }

    /// <summary>Asks for a page, and does not wait for it.</summary>
    public Task GoAsync(Uri address) => SendAsync("Page.navigate", new { url = address.ToString() });

    /// <summary>Shows a page that is none of the service's.</summary>
    public async Task ShowAsync(Uri address)
    {
        await ClearAsync();
        await GoAsync(address);
        await UntilAsync($"location.href === {Quoted(address.AbsoluteUri)} && document.readyState === 'complete'");
    }

    /// <summary>What an expression of the page's script says.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await SendAsync(
            "Runtime.evaluate",
            new
            {
                expression,
                awaitPromise = true,
                returnByValue = true,
            }
        );
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer["exceptionDetails"]?.ToJsonString()}");
        return answer["result"]!["value"];
    }

    public async Task<string> TextAsync(string selector) =>
        (string?)await EvaluateAsync($"document.querySelector({Quoted(selector)}).textContent") ?? "";

    public async Task UntilAsync(string condition)
    {
        var limit = Stopwatch.StartNew();
        while (!((bool?)await EvaluateAsync($"!!({condition})") ?? false))
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), $"did not come true: {condition}; {string.Join("; ", Complaints)}");
            await Task.Delay(30);
        }
    }

    public Task ClickAsync(string selector) => MouseAsync(selector, 0.5, 0.5, click: true);

    /// <summary>Moves the pointer over an element, and presses it there if asked.</summary>
    public async Task MouseAsync(string selector, double right, double down, bool click = false)
    {
        var (x, y) = await PlaceAsync(selector, right, down);
        await SendAsync(
            "Input.dispatchMouseEvent",
            new
            {
                type = "mouseMoved",
                x,
                y,
            }
        );
        if (!click)
            return;
        foreach (var type in new[] { "mousePressed", "mouseReleased" })
            await ButtonAsync(type, selector, right, down);
    }

    private async Task ButtonAsync(string type, string selector, double right, double down)
    {
        var (x, y) = await PlaceAsync(selector, right, down);
        await SendAsync(
            "Input.dispatchMouseEvent",
            new
            {
                type,
                x,
                y,
                button = "left",
                clickCount = 1,
            }
        );
    }

    private async Task<(double X, double Y)> PlaceAsync(string selector, double right, double down)
    {
        var box = (
            await EvaluateAsync(
                $"(() => {{ const e = document.querySelector({Quoted(selector)}); e.scrollIntoView({{ block: 'nearest' }}); const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }})()"
            )
        )!
            .AsArray()
            .Select(value => (double)value!)
            .ToList();
        return (box[0] + right * box[2], box[1] + down * box[3]);
    }

    /// <summary>Presses the pointer at the first place, and lifts it at the last: each an element, and where in it.</summary>
    public async Task DragAsync(params (string Selector, double Right, double Down)[] places)
    {
        foreach (var (i, (selector, right, down)) in places.Index())
        {
            await MouseAsync(selector, right, down);
            if (i == 0 || i == places.Length - 1)
                await ButtonAsync(i == 0 ? "mousePressed" : "mouseReleased", selector, right, down);
        }
    }

    public Task TypeAsync(string text) => SendAsync("Input.insertText", new { text });

    public async Task PressAsync(string key, int code)
    {
        await SendAsync(
            "Input.dispatchKeyEvent",
            new
            {
                type = "rawKeyDown",
                key,
                code = key,
                windowsVirtualKeyCode = code,
            }
        );
        await SendAsync(
            "Input.dispatchKeyEvent",
            new
            {
                type = "keyUp",
                key,
                code = key,
                windowsVirtualKeyCode = code,
            }
        );
    }

    /// <summary>Chooses a file as its reader would.</summary>
    public async Task ChooseAsync(string selector, string file)
    {
        var document = await SendAsync("DOM.getDocument");
        var node = await SendAsync("DOM.querySelector", new { nodeId = (int)document["root"]!["nodeId"]!, selector });
        await SendAsync("DOM.setFileInputFiles", new { files = new[] { file }, nodeId = (int)node["nodeId"]! });
    }

    public async Task<byte[]> ScreenshotAsync() =>
        Convert.FromBase64String(
            (string)(await SendAsync("Page.captureScreenshot", new { format = "png", captureBeyondViewport = true }))["data"]!
        );

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        for (var i = 0; ; i++)
        {
            try
            {
                _folder.Dispose();
                return;
            }
            catch (IOException) when (i < 20)
            {
                await Task.Delay(100); // its last processes still write
            }
        }
    }

    private async Task<JsonNode> SendAsync(string method, object? parameters = null)
    {
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        int id;
        lock (_waiting)
            _waiting.Add(id = ++_last, answer);
        var message = Encoding.UTF8.GetBytes(
            System.Text.Json.JsonSerializer.Serialize(
                new
                {
                    id,
                    method,
                    @params = parameters ?? new object(),
                }
            )
        );
        await _socket.SendAsync(message, WebSocketMessageType.Text, true, default);
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                using var message = new MemoryStream();
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
                    message.Write(buffer, 0, part.Count);
                } while (!part.EndOfMessage);
                Take(JsonNode.Parse(message.ToArray())!);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"] is { } id)
        {
            TaskCompletionSource<JsonNode> answer;
            lock (_waiting)
                _ = _waiting.Remove((int)id, out answer!);
            if (message["error"] is { } error)
                answer.SetException(new InvalidOperationException(error.ToJsonString()));
            else
                answer.SetResult(message["result"]!);
        }
        else if ((string?)message["method"] == "Runtime.exceptionThrown")
            Complaints.Add(message["params"]!.ToJsonString());
        else if ((string?)message["method"] == "Log.entryAdded" && (string?)message["params"]!["entry"]!["level"] == "error")
            Complaints.Add(message["params"]!["entry"]!.ToJsonString());
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    [GeneratedRegex(@"ws://\S+")]
    private static partial Regex WebSocketAddress();
}
