// A form with a picture and a caption in, a mask for every noun phrase out, as JSON:
//   dotnet pack -c Release                                       (in the repository: makes the packages that this is built on)
//   dotnet run --project examples/MaskService -- --model MODEL
//   curl -F picture=@horses.jpg -F "caption=[a man] on [a grey horse]" http://localhost:5000/ground
using Groundling;
using Microsoft.AspNetCore.Mvc;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<IGroundingPipeline>(services => GroundingPipeline.Open(services.GetRequiredService<IConfiguration>()["model"] ?? ""));
var app = builder.Build();
try
{
    app.Services.GetRequiredService<IGroundingPipeline>();                     // opened before the first request
}
catch (GroundlingException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 2;
}
using var turn = new SemaphoreSlim(1);                                         // one picture at a time uses the processor best
app.MapPost("/ground", async ([FromForm] IFormFile picture, [FromForm] string caption, IGroundingPipeline pipeline, CancellationToken stop) =>
{
    await turn.WaitAsync(stop);
    try
    {
        await using var upload = picture.OpenReadStream();
        var grounding = await pipeline.GroundAsync(await Picture.LoadAsync(upload, picture.FileName, stop), Caption.Parse(caption), cancellation: stop);
        return Results.Ok(GroundingDocument.From(grounding, picture.FileName));
    }
    catch (InputException e)
    {
        return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
    }
    finally
    {
        turn.Release();
    }
}).DisableAntiforgery();
app.Run();
return 0;
