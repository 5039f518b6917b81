using Groundling.Models;
using Groundling.Rendering;
using Groundling.Testing;

namespace Groundling.Tests.Readme;

/// <summary>The C# of README.md, line for line; <see cref="ReadmeTests"/> compares the two, and runs it.</summary>
internal static class ReadmeCode
{
    public static void FiveLines()
    {
        using var pipeline = GroundingPipeline.Open(SceneModel.Folder);
        var grounding = pipeline.Ground(SceneModel.Harbor.Read(), SceneModel.Harbor.Caption);
        foreach (var phrase in grounding.Phrases)
            Console.WriteLine($"{phrase.Span.Text}: {phrase.Mask.Area} pixels, score {phrase.Score:F2}");
        File.WriteAllBytes("overlay.png", OverlayRenderer.Render(grounding).EncodePng());
    }

    public static async Task Opening(CancellationToken cancellation)
    {
        // The zero-shot baseline.
        var options = new GroundingPipelineOptions { ModelFolder = "stable-diffusion-v1-5", TrainedParts = TrainedParts.None };
        var progress = new Progress<OpeningProgress>(step => Console.WriteLine($"{step.Done} of {step.Total} {step.Part}"));
        using var pipeline = await GroundingPipeline.OpenAsync(options, progress, cancellation);
        var picture = await Picture.LoadAsync(File.OpenRead("horses.jpg"), "horses.jpg", cancellation);
        var caption = Caption.Parse("a man on a grey horse");
        var grounding = await pipeline.GroundAsync(picture, caption, new() { Threshold = 0.4 }, cancellation);
    }

    public static void Answers(Grounding grounding)
    {
        var mask = grounding.Phrases[0].Mask;
        var (box, inside, png, polygons) = (mask.Box, mask.ToBooleans(), mask.EncodePng(), mask.ToPolygons());
        File.WriteAllText("phrases.json", GroundingDocument.From(grounding, "horses.jpg").ToJson());
        var again = GroundingDocument.Parse(File.ReadAllText("phrases.json")).ToGrounding(grounding.Picture);
    }

    public static async Task ManyPictures(IGroundingPipeline pipeline)
    {
        var pictures = Directory
            .GetFiles("samples", "*.png")
            .Select(file => CaptionedPicture.FromFile(file, Caption.Parse(File.ReadAllText(Path.ChangeExtension(file, ".txt")))));
        await foreach (var outcome in pipeline.GroundAsync(pictures))
            Console.WriteLine($"{outcome.Source.Name}: {outcome.Fault?.Message ?? $"{outcome.Required.Phrases.Count} masks"}");
    }

    public static void Double()
    {
        IGroundingPipeline pipeline = new FakeGroundingPipeline { Boxes = { ["a grey horse"] = new Box(10, 20, 30, 40) } };
        var grounding = pipeline.Ground(Picture.Load("horses.jpg"), Caption.Parse("a man on a grey horse"));
    }
}
