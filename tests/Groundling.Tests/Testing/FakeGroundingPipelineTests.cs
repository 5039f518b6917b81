using Groundling.Testing;

namespace Groundling.Tests.Testing;

/// <summary>The double that applications put in a pipeline's place.</summary>
public class FakeGroundingPipelineTests
{
    private static readonly Caption TwoPhrases = Caption.ParseBrackets("[A dog] on [a sofa]");
    private static readonly Picture Grey = new(20, 10, new byte[600]);

    [Fact]
    public void A_box_is_cut_at_the_pictures_edges_however_far_it_reaches()
    {
        var pipeline = new FakeGroundingPipeline { Boxes = { ["a dog"] = new(15, 2, int.MaxValue, int.MaxValue) } };
        var grounding = pipeline.Ground(new Picture(20, 10, new byte[600]), Caption.ParseBrackets("[a dog]"));
        Assert.Equal(new Box(15, 2, 5, 8), grounding.Phrases[0].Mask.Box);
    }

    [Fact]
    public void It_answers_with_given_boxes_and_remembers_the_question()
    {
        var pipeline = new FakeGroundingPipeline { Boxes = { ["a dog"] = new(15, 2, 10, 4) } };
        var grounding = pipeline.Ground(Grey, TwoPhrases, new() { Threshold = 0.3 });
        Assert.Equal([new Box(15, 2, 5, 4), default], grounding.Phrases.Select(phrase => phrase.Mask.Box));
        Assert.Equal([0.9, 0], grounding.Phrases.Select(phrase => phrase.Score));
        Assert.Equal(new(Grey, TwoPhrases, new() { Threshold = 0.3 }), Assert.Single(pipeline.Calls));
    }

    [Fact]
    public void It_answers_with_given_masks_or_a_fault()
    {
        var pipeline = new FakeGroundingPipeline
        {
            Mask = (picture, phrase) => RunLengthMask.FromBox(new(0, 0, phrase.Length, 1), picture.Width, picture.Height),
        };
        Assert.Equal([5, 6], pipeline.Ground(Grey, TwoPhrases).Phrases.Select(phrase => phrase.Mask.Area));
        pipeline.Fault = new InputException("no");
        Assert.Equal("no", Assert.Throws<InputException>(() => pipeline.Ground(Grey, TwoPhrases)).Message);
        Assert.Throws<InvalidOperationException>(() =>
            new FakeGroundingPipeline { Mask = (_, _) => RunLengthMask.Empty(1, 1) }.Ground(Grey, TwoPhrases)
        );
    }

    [Fact]
    public async Task It_refuses_what_the_other_refuses_and_works_as_tasks()
    {
        var pipeline = new FakeGroundingPipeline();
        Assert.Throws<InputException>(() => pipeline.Ground(Grey, TwoPhrases, new() { Size = 1 }));
        Assert.Equal(2, (await pipeline.GroundAsync(Grey, TwoPhrases)).Phrases.Count);
        var outcomes = await pipeline
            .GroundAsync([new("grey", () => Grey, TwoPhrases), CaptionedPicture.FromFile("nowhere.png", TwoPhrases)])
            .ToListAsync();
        Assert.Equal([false, true], outcomes.Select(outcome => outcome.Fault is not null));
    }
}
