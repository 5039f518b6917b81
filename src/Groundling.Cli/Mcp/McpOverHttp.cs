using Groundling.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Groundling.Cli.Mcp;

/// <summary>The tools beside the service, at /mcp: under its key, its limits and its log.</summary>
internal static class McpOverHttp
{
    private const string Address = "/mcp";

    public static void Add(IHostApplicationBuilder builder, AllowedFolders folders)
    {
        builder.Services.AddHttpContextAccessor().AddSingleton(folders).AddSingleton<IToolModel, ServedModel>();
        // Each request stands alone: nothing is kept of a client between them.
        builder.Services.AddMcpServer(OwnServer.Introduce).WithHttpTransport(http => http.Stateless = true).WithTools<GroundlingTools>();
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGroup("").ExcludeFromDescription().Guarded(routes.ServiceProvider).MapMcp(Address);
}
