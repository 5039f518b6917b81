using Groundling.Data;

namespace Groundling.Tests.Readme;

/// <summary>The C# of README.md, line for line; <see cref="ReadmeTests"/> compares the two, and runs it.</summary>
internal static class ReadmeCode
{
    public static void FiveLines()
    {
        using var pipeline = GroundingPipeline.Open("stable-diffusion-v1-5");
        var picture = Picture.Load("horses.jpg");
        var grounding = pipeline.Ground(picture, Caption.ParseBrackets("[a man with a hat] on [a grey horse]"));
        foreach (var phrase in grounding.Phrases)
            Console.WriteLine($"{phrase.Span.Text}: {phrase.Mask.Area} pixels, score {phrase.Score:F2}");
    }

    public static async Task ManyPictures(GroundingPipeline pipeline)
    {
        var pictures = Directory.GetFiles("samples", "*.png").Select(file => CaptionedPicture.FromFile(file, Caption.Parse(File.ReadAllText(Path.ChangeExtension(file, ".txt")))));
        await foreach (var result in pipeline.GroundAsync(pictures))
            Console.WriteLine($"{result.Source.Name}: {result.Fault?.Message ?? $"{result.Required.Phrases.Count} masks"}");
    }
}
