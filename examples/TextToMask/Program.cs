// A picture and a caption in, a picture with a mask for every noun phrase out:
//   dotnet pack -c Release                                       (in the repository: makes the packages that this is built on)
//   dotnet run --project examples/TextToMask -- MODEL PICTURE CAPTION OUT.png
using Groundling;
using Groundling.Data;
using Groundling.Rendering;

if (args is not [var model, var file, var caption, var output])
{
    Console.Error.WriteLine("usage: TextToMask MODEL PICTURE CAPTION OUT.png");
    return 2;
}
try
{
    using var pipeline = GroundingPipeline.Open(model);
    var grounding = pipeline.Ground(Picture.Load(file), Caption.Parse(caption));
    foreach (var phrase in grounding.Phrases)
        Console.WriteLine($"{phrase.Span.Text}: {phrase.Mask.Area} pixels, score {phrase.Score:F2}");
    File.WriteAllBytes(output, OverlayRenderer.Render(grounding).EncodePng());
    return 0;
}
catch (GroundlingException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 2;
}
