// A web application with Groundling's service and page at /ground, and a route of its own that calls the same model:
//   dotnet pack -c Release                                       (in the repository: makes the packages that this is built on)
//   dotnet run --project examples/MaskService -- --Groundling:ModelFolder MODEL
//   curl -F image=@horses.jpg -F "caption=[a man] on [a grey horse]" http://localhost:5000/ground/v1/ground
//   curl -F picture=@horses.jpg -F "caption=[a man] on [a grey horse]" http://localhost:5000/masks
using Groundling;
using Microsoft.AspNetCore.Mvc;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddGroundling(builder.Configuration.GetSection("Groundling"));
builder.Services.AddGroundlingEndpoints(builder.Configuration.GetSection("GroundlingService"));

var app = builder.Build();
app.MapHealthChecks("/health");
app.MapGroundling("/ground");
app.MapPost(
        "/masks",
        async ([FromForm] IFormFile picture, [FromForm] string caption, IGroundingPipeline pipeline, CancellationToken stop) =>
        {
            try
            {
                await using var upload = picture.OpenReadStream();
                var grounding = await pipeline.GroundAsync(
                    await Picture.LoadAsync(upload, picture.FileName, stop),
                    Caption.Parse(caption),
                    cancellation: stop
                );
                return Results.Ok(GroundingDocument.From(grounding, picture.FileName));
            }
            catch (InputException e)
            {
                return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
            }
        }
    )
    .DisableAntiforgery();
app.Run();
