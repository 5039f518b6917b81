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

    public static void Map(RouteGroupBuilder routes, IServiceProvider services)
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
            .MapGet("/{id}", (string id, EditSession session, EditSaving saving) => Routes.Answer(Begin(session, saving, id)))
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
            .MapGet("/{id}/picture", (string id, EditSession session, BrowseOptions options) => PictureOf(Find(session, id), options))
            .WithSummary("A picture's file.");
        guarded
            .MapPost("/phrases", (Delegate)PhrasesAsync)
            .WithSummary("A caption's phrases: those in brackets, else its noun phrases.")
            .Accepts<PhrasesRequest>("application/json")
            .Produces<EditNarrativeAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest, Problem);
    }

    private static EditBegin Begin(EditSession session, EditSaving saving, string id)
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

    private static IResult PictureOf(EditedPicture picture, BrowseOptions options) =>
        RealPath.IsBelow(RealPath.Of(picture.Path), RealPath.Of(options.Data)) && File.Exists(picture.Path)
            ? Results.File(Path.GetFullPath(picture.Path), TypeOf(picture.Path))
            : throw new RequestException(StatusCodes.Status404NotFound, "the picture's file is missing, or lies outside the data's folder");

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
