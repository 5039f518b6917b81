using Groundling.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Groundling.Web;

/// <summary>Every address of the service.</summary>
internal static class Routes
{
    private const string Form = "multipart/form-data", Json = "application/json", Problem = "application/problem+json";

    public static void MapGroundling(this WebApplication app, ServerOptions options)
    {
        var guarded = app.MapGroup("/v1").AddEndpointFilter(new ClientGate(options)).WithTags("Grounding").ProducesProblem(StatusCodes.Status401Unauthorized, Problem).ProducesProblem(StatusCodes.Status403Forbidden, Problem);
        var open = app.MapGroup("").WithTags("Service");

        guarded.MapPost("/ground", GroundAsync)
            .WithSummary("Grounds a caption's phrases in a picture: a mask for each.").Takes<GroundRequest>().Produces<GroundAnswer>();
        guarded.MapPost("/trace", TraceAsync)
            .WithSummary("One phrase's attention in every block of the UNet, by every method of the model.").Takes<TraceRequest>().Produces<TraceAnswer>();
        guarded.MapPost("/phrases", (Delegate)PhrasesAsync)
            .WithSummary("A caption's phrases: those in brackets, else its noun phrases.").Accepts<PhrasesRequest>(Json).Produces<PhrasesAnswer>().ProducesProblem(StatusCodes.Status400BadRequest, Problem);
        guarded.MapGet("/model", (Service service) => Answer(ModelAnswer.Of(service))).WithSummary("The model, its methods, and the service's limits.").Produces<ModelAnswer>();

        open.MapGet("/v1/samples", (SampleFolder samples) => Answer(samples.Samples)).WithSummary("Pictures with captions to try.").Produces<IReadOnlyList<Sample>>();
        open.MapGet("/v1/samples/{file}", (string file, SampleFolder samples) => samples.Picture(file)).WithSummary("A sample's picture.").Produces(StatusCodes.Status200OK, contentType: "image/png");
        open.MapGet("/healthz", (Service service) => Answer(new StateAnswer(service.State))).WithSummary("200 while the process lives.").Produces<StateAnswer>();
        open.MapGet("/readyz", (Service service) => Answer(new StateAnswer(service.RequireReady().State)))
            .WithSummary("200 while requests are answered; 503 while the model loads and while the service shuts down.").Produces<StateAnswer>().ProducesProblem(StatusCodes.Status503ServiceUnavailable, Problem);
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapOpenApi();
        foreach (var (address, file) in PageFiles.ByAddress) app.MapGet(address, () => file).ExcludeFromDescription();
    }

    private static async Task<IResult> GroundAsync(HttpContext context, Service service)
    {
        var (answer, milliseconds) = await service.AskAsync<GroundRequest, GroundAnswer>(context, (request, question, engine, stop) => engine.Ground(question, request.Probabilities, stop));
        return Results.Bytes(answer.ToJson(milliseconds), Json);
    }

    private static async Task<IResult> TraceAsync(HttpContext context, Service service)
        => Answer((await service.AskAsync<TraceRequest, TraceAnswer>(context, (request, question, engine, stop) => engine.Trace(question, request.Phrase, stop))).Answer);

    private static async Task<IResult> PhrasesAsync(HttpContext context)
        => Answer(PhrasesAnswer.Of(GroundRequest.Short((await RequestReader.ReadJsonAsync<PhrasesRequest>(context.Request, context.RequestAborted)).Caption)));

    private static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route) where T : notnull => route.Accepts<T>(Json, Form)
        .ProducesProblem(StatusCodes.Status400BadRequest, Problem).ProducesProblem(StatusCodes.Status408RequestTimeout, Problem).ProducesProblem(StatusCodes.Status413PayloadTooLarge, Problem).ProducesProblem(StatusCodes.Status415UnsupportedMediaType, Problem)
        .ProducesProblem(StatusCodes.Status429TooManyRequests, Problem).ProducesProblem(StatusCodes.Status503ServiceUnavailable, Problem);

    private static IResult Answer<T>(T answer) => Results.Json(answer, RequestReader.Json);
}
