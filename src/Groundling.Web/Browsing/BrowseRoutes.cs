using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Groundling.Web.Browsing;

/// <summary>The addresses of a browsed benchmark.</summary>
internal static class BrowseRoutes
{
    public static void Map(RouteGroupBuilder routes, ClientGate gate)
    {
        var page = PageFiles.Of("browse.html");
        routes.MapGet("/", () => page).ExcludeFromDescription();
        routes.MapGet("/picture/{id}", () => page).ExcludeFromDescription();
        PageFiles.Map(routes);
        var guarded = routes.MapGroup("/v1/pictures").AddEndpointFilter(gate);
        guarded
            .MapGet("/", (BrowsedData data) => Routes.Answer(data.Catalogue.Pictures.Select(picture => picture.Id)))
            .WithSummary("The pictures.");
        guarded
            .MapGet("/{id}/file", (string id, BrowsedData data) => Results.File(data.FileOf(Find(data, id)), "image/png"))
            .WithSummary("A picture's file.");
    }

    private static CataloguedPicture Find(BrowsedData data, string id) =>
        data.Catalogue.Find(id)
        ?? throw new RequestException(StatusCodes.Status404NotFound, "there is no picture of this id; /v1/pictures lists them");
}
