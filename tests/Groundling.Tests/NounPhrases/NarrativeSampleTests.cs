using System.Text.Json;
using Groundling.Data;
using Groundling.Data.NounPhrases;

namespace Groundling.Tests.NounPhrases;

/// <summary>The grounded phrases of the sample narratives, which are not part of the repository.</summary>
public class NarrativeSampleTests(ITestOutputHelper output)
{
    private const double Target = 0.95;

    private static string? Narratives { get; } = Locate();

    [Fact]
    public void Grounded_phrases_are_found()
    {
        Assert.SkipUnless(Narratives is not null, "No shared samples beside the repository; GROUNDLING_SHARED can name their folder.");
        SpanScore whole = new(),
            bases = new();
        using var document = JsonDocument.Parse(File.ReadAllBytes(Narratives));
        foreach (var narrative in document.RootElement.EnumerateArray())
        {
            var caption = narrative.GetProperty("caption").GetString()!;
            var gold = Grounded(caption, narrative.GetProperty("segments")).ToList();
            var found = NounPhraseChunker.English.Chunk(caption);
            whole.Add(gold, found);

            bases.AddBase(gold, found);
        }

        output.WriteLine($"base phrases: {bases}; whole phrases: {whole}");
        Assert.True(bases.F1 >= Target, $"base phrases: {bases} (whole phrases: {whole}); F1 must be at least {Target}");
    }

    private static IEnumerable<NounPhrase> Grounded(string caption, JsonElement segments)
    {
        var from = 0;
        foreach (var segment in segments.EnumerateArray())
        {
            var utterance = segment.GetProperty("utterance").GetString()!;
            var start = caption.IndexOf(utterance, from, StringComparison.OrdinalIgnoreCase);
            Assert.True(start >= 0, $"'{utterance}' is not in '{caption}' after {from}");
            from = start + utterance.Length;
            if (segment.GetProperty("noun").GetBoolean() && segment.GetProperty("segment_ids").GetArrayLength() > 0)
            {
                var plural = segment.GetProperty("plural").GetBoolean();
                yield return new NounPhrase(start, utterance.Length, caption.Substring(start, utterance.Length), plural);
            }
        }
    }

    private static string? Locate()
    {
        var shared = Environment.GetEnvironmentVariable("GROUNDLING_SHARED");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); shared is null && folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Groundling.slnx")))
            {
                shared = Path.Combine(folder.FullName, "..", "shared");
            }
        }

        var file = shared is null ? null : Path.Combine(shared, "samples", "coco-panoptic", "annotations", "png_coco_val2017.json");
        return File.Exists(file) ? file : null;
    }
}
