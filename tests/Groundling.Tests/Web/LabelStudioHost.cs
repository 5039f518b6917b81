using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Groundling.Tests.Web;

/// <summary>A Label Studio as far as a backend sees it: files, and who asked for them.</summary>
internal sealed class LabelStudioHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LabelStudioHost(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Path, string Token)> Asked { get; } = new();

    public string Origin => _app.Urls.Single();

    /// <param name="picture">What lies under /data/upload/1/a.png.</param>
    public static async Task<LabelStudioHost> StartAsync(byte[] picture)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var host = new LabelStudioHost(builder.Build());
        host._app.Run(async context =>
        {
            var path = context.Request.Path + context.Request.QueryString;
            host.Asked.Enqueue((path, context.Request.Headers.Authorization.ToString()));
            switch (path)
            {
                case "/data/upload/1/a.png" or "/data/local-files/?d=deep/a.png":
                    await context.Response.Body.WriteAsync(picture);
                    break;
                case "/data/upload/1/huge.png":
                    await context.Response.Body.WriteAsync(new byte[3 << 20]);
                    break;
                case "/tasks/7/presign/":
                    context.Response.Redirect("http://169.254.169.254/latest");
                    break;
                default:
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    break;
            }
        });
        await host._app.StartAsync();
        return host;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
