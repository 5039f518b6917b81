using Groundling.Data;
using Groundling.Evaluation;
using Groundling.Tests.Data;

namespace Groundling.Tests.Evaluation;

/// <summary>Figures of what is not there, and of two things with one name.</summary>
public class AbsentFiguresTests
{
    [Fact]
    public void Figures_by_hand()
    {
        // twenty that are there, of 0.50, 0.51 ... 0.69: all but one reach 0.51
        var present = Enumerable.Range(0, 20).Select(i => (0.5 + i / 100.0, false)).ToList();
        var figures = AbsentFigures.Of("presence", present, [(0.1, true), (0.505, false), (0.9, false)], []);
        Assert.Equal(0.51, figures.Kept95, 1e-12);
        Assert.Equal((3, 2.0 / 3, 1.0 / 3), (figures.Nouns.Phrases, figures.Nouns.EmptyAt95!.Value, figures.Nouns.Empty!.Value));
        Assert.Equal((20 + 19 + 0) / 60.0, figures.Nouns.Area!.Value, 1e-12); // pairs in which what is there has more
        Assert.Equal(new AbsentKind(0, null, null, null), figures.Colours);
    }

    [Fact]
    public void Two_boats_are_told_apart_where_each_mask_is_nearer_to_its_own()
    {
        var example = MarkedExample.Of("[a red boat], [a white boat], [the sea] and [boats]", (1, 8), (2, 8), (3, 155), (4, 8));
        var all = example.Phrases[3] with { Segments = [example.Segments[0], example.Segments[1]] }; // both: nothing to tell apart
        var phrases = example.Phrases.Take(3).Append(all).ToList();
        RunLengthMask[] truths = [Row(0), Row(1), Row(2), Row(3)];
        SameNounPairs Told(RunLengthMask red, RunLengthMask white) => SameNounPairs.Of(phrases, truths, [red, white, Row(2), Row(0)]);
        Assert.Equal(new(1, 1), Told(Row(0), Row(1)));
        Assert.Equal(new(1, 0), Told(Row(1), Row(0)));
        Assert.Equal(new(1, 0), Told(Row(0), Row(0))); // one mask for both
        Assert.Equal(new(1, 0), Told(Row(0), RunLengthMask.Empty(4, 4)));

        static RunLengthMask Row(int row) =>
            RunLengthMask.FromBytes([.. Enumerable.Range(0, 16).Select(pixel => (byte)(pixel / 4 == row ? 1 : 0))], 4, 4);
    }
}
