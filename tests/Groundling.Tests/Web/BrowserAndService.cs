using Groundling.Web;

namespace Groundling.Tests.Web;

/// <summary>One browser and one service for all tests of the page; each starts when it is first asked for.</summary>
public sealed class BrowserAndService(TinyModel tiny) : IAsyncDisposable
{
    private readonly Lazy<Task<Chromium>> _browser = new(Chromium.StartAsync);
    private readonly Lazy<Task<ServiceHost>> _service = new(() => ServiceHost.StartAsync(tiny));

    internal Task<Chromium> Browser => _browser.Value;

    internal Task<ServiceHost> Service => _service.Value;

    public async ValueTask DisposeAsync()
    {
        if (_browser.IsValueCreated)
            await (await _browser.Value).DisposeAsync();
        if (_service.IsValueCreated)
            await (await _service.Value).DisposeAsync();
    }
}
