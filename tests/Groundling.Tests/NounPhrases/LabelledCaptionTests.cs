using Groundling.Data;
using Groundling.Data.NounPhrases;

namespace Groundling.Tests.NounPhrases;

public class LabelledCaptionTests(ITestOutputHelper output)
{
    private const double Target = 0.85;

    [Fact]
    public void At_least_200_captions_are_labelled() => Assert.True(LabelledCaption.Fixture.Count >= 200);

    [Fact]
    public void All_captions() => AssertScore("all", LabelledCaption.Fixture);

    [Fact]
    public void Development_half() => AssertScore("development half", LabelledCaption.Fixture.Where((_, index) => index % 2 == 0));

    [Fact]
    public void Blind_half() => AssertScore("blind half", LabelledCaption.Fixture.Where((_, index) => index % 2 == 1));

    [Fact]
    public void Texts_are_slices_in_order_without_overlap()
    {
        foreach (var caption in LabelledCaption.Fixture.Select(labelled => labelled.Caption))
        {
            PhraseAssert.Valid(caption, NounPhraseChunker.English.Chunk(caption));
        }
    }

    private void AssertScore(string name, IEnumerable<LabelledCaption> captions)
    {
        var score = new SpanScore();
        foreach (var labelled in captions)
        {
            score.Add(labelled.Phrases, NounPhraseChunker.English.Chunk(labelled.Caption));
        }

        output.WriteLine($"{name}: {score}");
        Assert.True(score.F1 >= Target, $"{name}: {score}; F1 must be at least {Target}");
        Assert.True(score.Number >= 0.95, $"{name}: {score}; plural must be right for at least 0.95");
    }
}
