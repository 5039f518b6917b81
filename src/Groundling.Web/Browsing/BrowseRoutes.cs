using System.Globalization;
using Groundling.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Groundling.Web.Browsing;

/// <summary>The addresses of a browsed benchmark.</summary>
internal static class BrowseRoutes
{
    private const int MostRows = 500,
        UsualRows = 100,
        CaptionShown = 160;

    public static void Map(RouteGroupBuilder routes, ClientGate gate, bool hasModel)
    {
        var page = PageFiles.Of("browse.html");
        routes.MapGet("/", () => page).ExcludeFromDescription();
        routes.MapGet("/picture/{id}", (string id, BrowsedData data) => Page(id, data, page)).ExcludeFromDescription();
        PageFiles.Map(routes);
        var guarded = routes.MapGroup("/v1").AddEndpointFilter(gate).ProducesProblem(StatusCodes.Status403Forbidden);
        guarded.MapGet("/data", Data).WithSummary("The data, and what was measured of them.").Produces<DataAnswer>();
        var pictures = guarded.MapGroup("/pictures").ProducesProblem(StatusCodes.Status400BadRequest);
        pictures
            .MapGet("", List)
            .WithSummary(
                $"Pictures in an order: {string.Join(", ", PictureQuery.Parameters)} choose them, from and count ({MostRows} at most) a stretch of the list."
            )
            .Produces<ListAnswer>();
        var one = pictures.MapGroup("/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("", Picture)
            .WithSummary("A picture's narratives with truth and predictions; its neighbours in the list that the parameters choose.")
            .Produces<PictureAnswer>();
        one.MapGet("/file", File).WithSummary("A picture's file.").Produces(StatusCodes.Status200OK, contentType: "image/jpeg");
        one.MapGet("/thumbnail", ThumbnailAsync)
            .WithSummary("The picture made small.")
            .Produces(StatusCodes.Status200OK, contentType: "image/jpeg");
        if (hasModel)
            one.MapPost("/attention", AttentionAsync)
                .WithSummary("One phrase's attention in every block of the UNet, by every method of the model.")
                .Accepts<AttentionRequest>("application/json")
                .Produces<TraceAnswer>()
                .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>The page at a picture's address; where there is no such picture it says so itself.</summary>
    private static IResult Page(string id, BrowsedData data, IResult page) =>
        data.Now.Catalogue.Find(id) is null ? new WithStatus(page, StatusCodes.Status404NotFound) : page;

    private static IResult Data(BrowsedData data, BrowseOptions options, [FromServices] BrowsedModel? attention = null)
    {
        var state = data.Now;
        var phrases = state.Catalogue.Narratives.SelectMany(narrative => narrative.Phrases).CountBy(phrase => phrase.CategoryId).ToList();
        return Routes.Answer(
            new DataAnswer(
                Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data.Folder))),
                options.Split,
                state.Catalogue.Pictures.Count,
                state.Catalogue.Narratives.Count(),
                phrases.Sum(category => category.Value),
                [
                    .. phrases
                        .OrderByDescending(category => category.Value)
                        .Select(category => new CategoryAnswer(
                            state.NameOf(category.Key),
                            state.Benchmark.Categories.GetValueOrDefault(category.Key)?.IsThing ?? false,
                            category.Value
                        )),
                ],
                [.. state.Reports.Select(report => new ReportAnswer(report.Name, report.Report.AverageRecall.Overall))],
                data.IsEditable,
                attention?.Model,
                [.. state.Notes.Select(data.Told)]
            )
        );
    }

    private static IResult List(HttpRequest request, BrowsedData data)
    {
        var state = data.Now;
        var query = PictureQuery.Parse(request.Query, state, "from", "count");
        var (from, count) = (Whole(request, "from", 0, int.MaxValue), Whole(request, "count", UsualRows, MostRows));
        var list = state.List(query);
        return Routes.Answer(
            new ListAnswer(
                list.Rows.Count,
                list.Phrases,
                [
                    .. list
                        .Rows.Skip(from)
                        .Take(count)
                        .Select(row => new RowAnswer(
                            row.Picture.Id,
                            PlainText.Excerpt(row.Narrative.Caption, CaptionShown),
                            row.Phrases,
                            row.Score,
                            row.Difference
                        )),
                ]
            )
        );
    }

    private static int Whole(HttpRequest request, string name, int otherwise, int most) =>
        request.Query[name].ToString() is not { Length: > 0 } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number
        : throw new RequestException(StatusCodes.Status400BadRequest, $"{name} '{text}' is no whole number from 0 to {most}", name);

    private static IResult Picture(string id, HttpRequest request, BrowsedData data)
    {
        var state = data.Now;
        return Routes.Answer(PictureDetail.Of(data, state, Find(state, id), PictureQuery.Parse(request.Query, state)));
    }

    private static IResult File(string id, BrowsedData data)
    {
        var path = FileOf(data, id);
        return Results.File(
            path,
            Groundling.Picture.MediaTypeOf(path)
                ?? throw new RequestException(StatusCodes.Status404NotFound, $"the file of picture {id} is none of a picture"),
            lastModified: System.IO.File.GetLastWriteTimeUtc(path)
        );
    }

    private static async Task<IResult> ThumbnailAsync(string id, HttpContext context, BrowsedData data, ThumbnailCache cache)
    {
        var path = FileOf(data, id);
        try
        {
            var (jpeg, mark) = await cache.GetAsync(path, context.RequestAborted);
            context.Response.Headers.CacheControl = "private, max-age=600";
            return Results.Bytes(jpeg, "image/jpeg", entityTag: new($"\"{mark}\""));
        }
        catch (InputException e)
        {
            throw new RequestException(StatusCodes.Status404NotFound, data.Told(e.Message));
        }
    }

    private static async Task<IResult> AttentionAsync(string id, HttpContext context, BrowsedData data, BrowsedModel model)
    {
        var asked = await RequestReader.ReadJsonAsync<AttentionRequest>(context.Request, context.RequestAborted);
        var state = data.Now;
        var narrative =
            Find(state, id).Narratives.FirstOrDefault(narrative => narrative.Index == asked.Narrative)
            ?? throw new RequestException(
                StatusCodes.Status400BadRequest,
                $"narrative {asked.Narrative} is none of picture {id}",
                "narrative"
            );
        var caption = state.Benchmark[narrative.Place].Caption;
        if (asked.Phrase < 0 || asked.Phrase >= caption.Phrases.Count)
            throw new RequestException(
                StatusCodes.Status400BadRequest,
                $"phrase {asked.Phrase} is out of range: 0 to {caption.Phrases.Count - 1}",
                "phrase"
            );
        return Routes.Answer(await model.AttentionAsync(context, FileOf(data, id), caption, asked.Phrase));
    }

    private static string FileOf(BrowsedData data, string id)
    {
        var state = data.Now;
        return data.Inside(state.Benchmark[Find(state, id).Narratives[0].Place].PicturePath, $"the file of picture {id}");
    }

    private static CataloguedPicture Find(BrowsedState state, string id) =>
        state.Catalogue.Find(id)
        ?? throw new RequestException(StatusCodes.Status404NotFound, "there is no picture of this id; /v1/pictures lists them");

    private sealed record WithStatus(IResult Answer, int Status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = Status;
            return Answer.ExecuteAsync(httpContext);
        }
    }
}
