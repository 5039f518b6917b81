using Groundling.Web;
using Groundling.Web.LabelStudio;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

// Where .NET's own extensions stand, so that no using is needed.
namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts the service under an address of an ASP.NET application.</summary>
public static class GroundlingEndpoints
{
    /// <summary>
    /// Maps <c>/v1/ground</c>, <c>/v1/trace</c>, <c>/v1/phrases</c>, <c>/v1/model</c>, <c>/v1/samples</c> and the page; with a <see
    /// cref="ServiceOptions.LabelStudio"/> also <c>/health</c>, <c>/setup</c> and <c>/predict</c>.
    /// </summary>
    /// <param name="routes">The application.</param>
    /// <param name="prefix">What stands before these addresses: "/ground".</param>
    /// <param name="hasPage">Whether the page is there, at the prefix itself.</param>
    /// <returns>The routes, to require an authorization policy of them, a rate limit, a host.</returns>
    /// <exception cref="InvalidOperationException">The services are not registered.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddGroundling(builder.Configuration.GetSection("Groundling"));
    /// builder.Services.AddGroundlingEndpoints();
    /// var app = builder.Build();
    /// app.MapGroundling("/ground");
    /// </code>
    /// </example>
    public static RouteGroupBuilder MapGroundling(this IEndpointRouteBuilder routes, string prefix = "", bool hasPage = true)
    {
        ArgumentNullException.ThrowIfNull(routes);
        if (routes.ServiceProvider.GetService<IServiceProviderIsService>() is not { } services || !services.IsService(typeof(Service)))
            throw new InvalidOperationException(
                "MapGroundling needs the service's parts: call builder.Services.AddGroundling(...) and builder.Services.AddGroundlingEndpoints() before builder.Build()"
            );
        var options = routes.ServiceProvider.GetRequiredService<ServiceOptions>();
        var group = routes.MapGroup(prefix).WithMetadata(BodyLimit.Of(options));
        var gate = routes.ServiceProvider.GetRequiredService<ClientGate>();
        Routes.Map(group, gate, hasPage);
        if (options.LabelStudio is not null)
            LabelStudioRoutes.Map(group, gate);
        ((IEndpointConventionBuilder)group).Finally(endpoint => Surround(endpoint, routes.ServiceProvider));
        return group;
    }

    /// <summary>
    /// Each route's log entry, problems and headers, whatever the application does around it; and HEAD where GET is answered (RFC 9110,
    /// 9.1).
    /// </summary>
    private static void Surround(EndpointBuilder endpoint, IServiceProvider services)
    {
        AnswerHead(endpoint);
        var route = endpoint.RequestDelegate!;
        var (log, headers) = (services.GetRequiredService<RequestLog>(), services.GetRequiredService<ResponseHeaders>());
        var memory = services.GetRequiredService<RequestMemory>();
        RequestDelegate counted = context => RequestBody.AroundAsync(context, route, memory);
        RequestDelegate answered = context => headers.AroundAsync(context, counted);
        RequestDelegate refusing = context => ProblemHandler.AroundAsync(context, answered);
        endpoint.RequestDelegate = context => log.AroundAsync(context, refusing);
    }

    internal static void AnswerHead(EndpointBuilder endpoint)
    {
        if (
            endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: [var only] } methods
            && HttpMethods.IsGet(only)
        )
            endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head], methods.AcceptCorsPreflight));
    }

    /// <summary>Puts routes of any kind under the service's key and its limit of a body.</summary>
    internal static RouteGroupBuilder Guarded(this RouteGroupBuilder routes, IServiceProvider services)
    {
        var gate = services.GetRequiredService<ClientGate>();
        routes.WithMetadata(BodyLimit.Of(services.GetRequiredService<ServiceOptions>()));
        ((IEndpointConventionBuilder)routes).Finally(endpoint =>
        {
            var route = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
                ProblemHandler.AroundAsync(
                    context,
                    guarded =>
                    {
                        gate.Require(guarded);
                        return route(guarded);
                    }
                );
        });
        return routes;
    }
}
