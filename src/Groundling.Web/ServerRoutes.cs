using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Groundling.Web;

/// <summary>The addresses of the service alone; an application has its own health checks and descriptions.</summary>
internal static class ServerRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/healthz", (Service service) => Routes.Answer(new StateAnswer(service.State)))
            .WithSummary("200 while the process lives.")
            .Produces<StateAnswer>();
        routes
            .MapGet("/readyz", (Service service) => Routes.Answer(new StateAnswer(service.RequireReady().State)))
            .WithSummary("200 while requests are answered; 503 while the model loads and while the service shuts down.")
            .Produces<StateAnswer>()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable, "application/problem+json");
        routes.MapOpenApi();
    }
}
