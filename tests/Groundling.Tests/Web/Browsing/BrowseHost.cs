using System.Text.Json.Nodes;
using Groundling.Evaluation;
using Groundling.Web.Browsing;

namespace Groundling.Tests.Web.Browsing;

/// <summary>A browsed benchmark on a free port of this machine.</summary>
internal sealed class BrowseHost : IAsyncDisposable
{
    private readonly BrowseServer _server;

    private BrowseHost(BrowseServer server, Uri address) => (_server, Address, Client) = (server, address, new() { BaseAddress = address });

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IReadOnlyList<string> Notes => _server.Notes;

    public static async Task<BrowseHost> StartAsync(string data, string cache, IReadOnlyList<string>? reports = null, string? model = null)
    {
        var server = new BrowseServer(
            new()
            {
                Data = data,
                Reports = ComparedMethod.ReadAll(reports ?? []),
                Cache = cache,
                Port = 0,
            },
            model is null ? null : shared => shared.ModelFolder = model
        );
        return new(server, await server.ListenAsync());
    }

    public async Task<JsonNode> Json(string address, int status = 200) => await ServiceHost.Json(await Client.GetAsync(address), status);

    /// <summary>The ids of a list.</summary>
    public async Task<IEnumerable<string>> List(string query) =>
        (await Json($"/v1/pictures?{query}"))["rows"]!.AsArray().Select(row => (string)row!["id"]!);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
