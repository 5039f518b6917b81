using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Groundling.Web;

/// <summary>Every address that needs no server of its own.</summary>
internal static class Routes
{
    private const string Form = "multipart/form-data",
        Json = "application/json",
        Problem = "application/problem+json";
    private const long LongestPhrases = 1 << 18; // a caption of the most characters, however they are escaped

    public static void Map(RouteGroupBuilder routes, ClientGate gate, bool hasPage)
    {
        var guarded = routes
            .MapGroup("/v1")
            .AddEndpointFilter(gate)
            .WithTags("Grounding")
            .ProducesProblem(StatusCodes.Status401Unauthorized, Problem)
            .ProducesProblem(StatusCodes.Status403Forbidden, Problem);
        guarded
            .MapPost("/ground", GroundAsync)
            .WithSummary("Grounds a caption's phrases in a picture: a mask for each.")
            .Takes<GroundRequest>()
            .Produces<GroundAnswer>();
        guarded
            .MapPost("/trace", TraceAsync)
            .WithSummary("One phrase's attention in every block of the UNet, by every method of the model.")
            .Takes<TraceRequest>()
            .Produces<TraceAnswer>();
        guarded
            .MapPost("/export", (HttpContext context, ExportRoute export) => export.ExportAsync(context))
            .WithSummary("An answer of /v1/ground in another tool's format: a zip file.")
            .Takes<ExportRequest>()
            .Produces(StatusCodes.Status200OK, contentType: "application/zip");
        guarded
            .MapPost("/phrases", (Delegate)PhrasesAsync)
            .WithSummary("A caption's phrases: those in brackets, else its noun phrases.")
            .WithMetadata(new BodyLimit(LongestPhrases))
            .Accepts<PhrasesRequest>(Json)
            .Produces<PhrasesAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest, Problem);
        guarded
            .MapGet("/model", (Service service) => Answer(ModelAnswer.Of(service)))
            .WithSummary("The model, its methods, and the service's limits.")
            .Produces<ModelAnswer>();

        if (!hasPage)
            return;
        var open = routes.MapGroup("").WithTags("Service");
        open.MapGet("/v1/samples", (HttpContext context, SampleFolder samples) => Answer(samples.At(context.Request)))
            .WithSummary("Pictures with captions to try.")
            .Produces<IReadOnlyList<Sample>>();
        open.MapGet("/v1/samples/{file}", (string file, SampleFolder samples) => samples.Picture(file))
            .WithSummary("A sample's picture.")
            .Produces(StatusCodes.Status200OK, contentType: "image/png");
        var page = PageFiles.Relative("index.html");
        open.MapGet("/", (HttpRequest request) => page(request)).ExcludeFromDescription();
        PageFiles.Map(open);
    }

    public static IResult Answer<T>(T answer) => Results.Json(answer, RequestReader.Json);

    private static async Task<IResult> GroundAsync(HttpContext context, Service service)
    {
        var (answer, milliseconds) = await service.AskAsync<GroundRequest, GroundAnswer>(
            context,
            (request, question, engine, stop) => engine.Ground(question, request.Probabilities, stop)
        );
        return Results.Bytes(answer.ToJson(milliseconds), Json);
    }

    private static async Task<IResult> TraceAsync(HttpContext context, Service service) =>
        Answer(
            (
                await service.AskAsync<TraceRequest, TraceAnswer>(
                    context,
                    (request, question, engine, stop) => engine.Trace(question, request.Phrase, stop)
                )
            ).Answer
        );

    private static async Task<IResult> PhrasesAsync(HttpContext context, Service service)
    {
        using var patience = service.Patience();
        var request = await service.WaitAsync(
            context,
            "body",
            stop => RequestReader.ReadJsonAsync<PhrasesRequest>(context.Request, stop),
            patience.Token
        );
        return Answer(PhrasesAnswer.Of(GroundRequest.Short(request.Caption)));
    }

    private static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route)
        where T : notnull
    {
        int[] refusals =
        [
            StatusCodes.Status400BadRequest,
            StatusCodes.Status408RequestTimeout,
            StatusCodes.Status413PayloadTooLarge,
            StatusCodes.Status415UnsupportedMediaType,
            StatusCodes.Status429TooManyRequests,
            StatusCodes.Status503ServiceUnavailable,
        ];
        foreach (var status in refusals)
            route.ProducesProblem(status, Problem);
        return route.Accepts<T>(Json, Form);
    }
}
