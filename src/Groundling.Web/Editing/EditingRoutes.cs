using Groundling.Core;
using Groundling.Data.Editing;
using Groundling.Web.Browsing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Groundling.Web.Editing;

/// <summary>The addresses of the editor.</summary>
internal static class EditingRoutes
{
    private const string Problem = "application/problem+json";

    public static void Map(RouteGroupBuilder routes, IServiceProvider services, bool hasModel)
    {
        var page = PageFiles.Of("edit.html");
        routes
            .MapGet(
                "/edit",
                (HttpRequest request, EditSession session) =>
                    Results.Redirect($"{request.PathBase}/edit/{Uri.EscapeDataString(session.Pictures[0].Id)}")
            )
            .ExcludeFromDescription();
        routes.MapGet("/edit/{id}", () => page).ExcludeFromDescription();
        var guarded = routes.MapGroup("/v1/edit").Guarded(services).ProducesProblem(StatusCodes.Status403Forbidden, Problem);
        guarded
            .MapGet("/", (EditSession session) => Routes.Answer(session.Pictures.Select(one => new EditListed(one.Id, one.FileName))))
            .WithSummary("The pictures that can be edited.")
            .Produces<IReadOnlyList<EditListed>>();
        guarded
            .MapGet("/{id}", (string id, EditSession session, EditSaving saving) => Routes.Answer(Begin(session, saving, id, hasModel)))
            .WithSummary("A picture's annotation, to begin with.")
            .Produces<EditBegin>()
            .ProducesProblem(StatusCodes.Status404NotFound, Problem);
        guarded
            .MapPost("/{id}", ApplyAsync)
            .WithSummary("Does one edit; when this is answered, the disk has it.")
            .Accepts<EditRequest>("application/json")
            .Produces<EditAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest, Problem)
            .ProducesProblem(StatusCodes.Status404NotFound, Problem)
            .ProducesProblem(StatusCodes.Status409Conflict, Problem)
            .ProducesProblem(StatusCodes.Status507InsufficientStorage, Problem);
        guarded
            .MapGet("/{id}/picture", (string id, EditSession session, BrowsedData data) => PictureOf(Find(session, id), data))
            .WithSummary("A picture's file.");
        guarded
            .MapPost("/phrases", (Delegate)PhrasesAsync)
            .WithSummary("A caption's phrases: those in brackets, else its noun phrases.")
            .Accepts<PhrasesRequest>("application/json")
            .Produces<EditNarrativeAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest, Problem);
        if (hasModel)
            guarded
                .MapPost("/{id}/proposal", ProposeAsync)
                .WithSummary("The model's mask for a phrase, to begin with.")
                .Accepts<ProposalRequest>("application/json")
                .Produces<ProposalAnswer>()
                .ProducesProblem(StatusCodes.Status400BadRequest, Problem)
                .ProducesProblem(StatusCodes.Status503ServiceUnavailable, Problem);
    }

    private static EditBegin Begin(EditSession session, EditSaving saving, string id, bool hasModel)
    {
        var picture = Find(session, id);
        var (state, width, height, map) = Told(picture.Read);
        var place = session.Pictures.ToList().IndexOf(picture);
        return new(
            picture.Id,
            picture.FileName,
            width,
            height,
            place,
            session.Pictures.Count,
            session.Pictures.ElementAtOrDefault(place - 1)?.Id,
            session.Pictures.ElementAtOrDefault(place + 1)?.Id,
            hasModel,
            [.. session.AllCategories.Select(category => new EditCategory(category.Name, category.IsThing))],
            EditAnswer.Of(state, map, saving.Fault)
        );
    }

    private static async Task<IResult> ApplyAsync(string id, HttpContext context, EditSession session, EditSaving saving)
    {
        var picture = Find(session, id);
        var request = await RequestReader.ReadJsonAsync<EditRequest>(context.Request, context.RequestAborted);
        var edit = RequestException.About("operation", () => Edit.Parse(request.Operation.GetRawText()));
        var result = Told(() => picture.Apply(edit, request.Version, request.Key));
        saving.Touch();
        return Routes.Answer(EditAnswer.Of(result.State, result.Changes, saving.Fault));
    }

    private static async Task<IResult> PhrasesAsync(HttpContext context)
    {
        var request = await RequestReader.ReadJsonAsync<PhrasesRequest>(context.Request, context.RequestAborted);
        var caption = GroundRequest.Short(request.Caption);
        return Routes.Answer(EditNarrativeAnswer.Of(RequestException.About("caption", () => CaptionPhrases.Of(caption))));
    }

    private static async Task<IResult> ProposeAsync(
        string id,
        HttpContext context,
        EditSession session,
        BrowsedData data,
        BrowsedModel model
    )
    {
        var picture = Find(session, id);
        var asked = await RequestReader.ReadJsonAsync<ProposalRequest>(context.Request, context.RequestAborted);
        var told =
            Told(() => picture.State).Narratives.ElementAtOrDefault(asked.Narrative)
            ?? throw new RequestException(StatusCodes.Status400BadRequest, $"picture {id} has no narrative {asked.Narrative}", "narrative");
        var phrase =
            told.Phrases.FirstOrDefault(phrase => phrase.Start == asked.Phrase)
            ?? throw new RequestException(StatusCodes.Status400BadRequest, $"no phrase begins at {asked.Phrase}", "phrase");
        // The whole caption, so that the phrase is understood among the others.
        var spans = told.Phrases.Select(one => new PhraseSpan(one.Start, one.End - one.Start, told.Caption[one.Start..one.End]));
        var answer = await model.GroundAsync(context, FileOf(picture, data), new(told.Caption, [.. spans]));
        var made = answer.Phrases[told.Phrases.ToList().IndexOf(phrase)];
        return Routes.Answer(new ProposalAnswer(made.Score, made.Area, made.Segmentation));
    }

    private static IResult PictureOf(EditedPicture picture, BrowsedData data) => Results.File(FileOf(picture, data), TypeOf(picture.Path));

    private static string FileOf(EditedPicture picture, BrowsedData data) =>
        data.Inside(Path.GetFullPath(picture.Path), $"the file of picture {picture.Id}");

    private static string TypeOf(string path) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jpg" or ".jpeg" => "image/jpeg",
            ".webp" => "image/webp",
            ".gif" => "image/gif",
            ".bmp" => "image/bmp",
            _ => "image/png",
        };

    private static EditedPicture Find(EditSession session, string id) =>
        session.Find(id)
        ?? throw new RequestException(StatusCodes.Status404NotFound, "there is no picture of this id; /v1/edit lists them");

    /// <summary>Edits' own faults, as HTTP says them.</summary>
    private static T Told<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (EditConflictException e)
        {
            throw new RequestException(StatusCodes.Status409Conflict, e.Message, "version");
        }
        catch (InputException e)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, e.Message, "operation");
        }
        catch (IOException e)
        {
            throw new RequestException(
                StatusCodes.Status507InsufficientStorage,
                $"the disk does not take the edit: {FileFault.ReasonOf(e)}; nothing has changed"
            );
        }
        catch (ObjectDisposedException)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, "the editor is shutting down; start it again");
        }
    }
}
