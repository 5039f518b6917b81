using Groundling.Export.LabelStudio;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Groundling.Web.LabelStudio;

/// <summary>The addresses of Label Studio's protocol for machine learning backends.</summary>
internal static class LabelStudioRoutes
{
    private const int MostTasks = 1000;

    public static void Map(RouteGroupBuilder routes, ClientGate gate)
    {
        var guarded = routes.MapGroup("").AddEndpointFilter(gate).ExcludeFromDescription();
        guarded.MapGet("/health", (Service service) => Routes.Answer(new HealthAnswer(Version(service.RequireReady()))));
        guarded.MapPost("/setup", SetUpAsync);
        guarded.MapPost("/predict", PredictAsync);
    }

    private static string Version(Service service) => service.Model!.Name;

    private static async Task<IResult> SetUpAsync(HttpContext context, Service service)
    {
        var version = Version(service.RequireReady());
        LabellingConfig.Parse((await ReadAsync<SetupRequest>(context, service)).Schema);
        return Routes.Answer(new SetupAnswer(version));
    }

    private static async Task<IResult> PredictAsync(
        HttpContext context,
        Service service,
        PromptMemory prompts,
        LabelStudioPictures pictures
    )
    {
        service.RequireReady();
        var request = await ReadAsync<PredictRequest>(context, service);
        var config = LabellingConfig.Parse(request.LabelConfig);
        var prompt = request.Prompt is { } typed ? GroundRequest.Short(typed) : null;
        if (prompt is not null)
            prompts.Keep(request.ProjectName, prompt);
        var results = new List<LabelStudioPrediction>();
        var tasks = request.Tasks ?? [];
        if (tasks.Count > MostTasks)
            throw new RequestException(StatusCodes.Status400BadRequest, $"there are {tasks.Count} tasks; {MostTasks} are allowed", "tasks");
        var share = RequestMemory.Share.Of(context);
        var body = share.Bytes;
        foreach (var task in tasks)
        {
            // What was typed now, the task's own caption, what was typed last; before the first there is nothing to find.
            var caption = prompt ?? task.Text(config.CaptionFields) ?? prompts.Of(request.ProjectName);
            try
            {
                results.Add(caption is null ? Nothing(service) : await GroundAsync(context, service, pictures, config, task, caption));
            }
            catch (RequestException e) when (tasks.Count > 1 && e.Status == StatusCodes.Status400BadRequest)
            {
                results.Add(Nothing(service)); // one task's fault is not the others'
            }
            finally
            {
                share.ReduceTo(body); // nor is its picture
            }
        }
        return Routes.Answer(new PredictAnswer(results, Version(service)));
    }

    private static async Task<LabelStudioPrediction> GroundAsync(
        HttpContext context,
        Service service,
        LabelStudioPictures pictures,
        LabellingConfig config,
        TaskRequest task,
        string caption
    )
    {
        var address =
            task.Text(config.PictureField)
            ?? throw new RequestException(StatusCodes.Status400BadRequest, $"the task's data has no '{config.PictureField}'", "tasks");
        using var patience = service.Patience();
        var picture = await service.WaitAsync(
            context,
            "task's picture",
            stop => pictures.GetAsync(address, RequestMemory.Share.Of(context), stop),
            patience.Token
        );
        var answer = await service.AskAsync(
            context,
            new GroundRequest { Image = picture, Caption = caption },
            (_, question, engine, stop) => engine.Ground(question, probabilities: false, stop),
            patience.Token
        );
        return LabelStudioPrediction.Of(
            Version(service),
            answer
                .ToPhrases()
                .Select(phrase => (Phrase: phrase, Label: config.LabelOf(phrase.Span.Text)))
                .Where(labelled => labelled.Label is not null)
                .Select(labelled => (labelled.Phrase, labelled.Label!)),
            config.Shape,
            config.Control,
            config.Image,
            $"{Guid.NewGuid().ToString("N")[..8]}-" // regions of an earlier prompt stay in the task
        );
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, Service service)
    {
        using var patience = service.Patience();
        return await service.WaitAsync(context, "body", stop => PredictRequest.ReadAsync<T>(context.Request, stop), patience.Token);
    }

    private static LabelStudioPrediction Nothing(Service service) => new(Version(service), 0, []);

    private sealed record HealthAnswer(string ModelVersion, string Status = "UP", string ModelClass = "Groundling");

    private sealed record SetupAnswer(string ModelVersion);

    private sealed record PredictAnswer(IReadOnlyList<LabelStudioPrediction> Results, string ModelVersion);
}
