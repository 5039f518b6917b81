using Groundling.Rendering;

namespace Groundling.Tests.Data;

public class TextSetterTests
{
    [Fact]
    public void Lines_keep_to_the_width_and_the_count()
    {
        using var typefaces = new Typefaces();
        var text = new TextSetter(typefaces, 16);
        var lines = text.Wrap("the three small wooden boats that lie upside down on the beach in the evening", 120, 3);
        Assert.Equal(3, lines.Count);
        Assert.All(lines, l => Assert.InRange(l.Width, 1, 120));
        Assert.Equal(2, text.Wrap("onewordthatismuchtoolongforaline", 150, 9).Count);
        Assert.Single(text.Wrap(" ", 100, 3));
    }

    [Fact]
    public void Narrow_lines_end_and_keep_every_letter()
    {
        using var typefaces = new Typefaces();
        var text = new TextSetter(typefaces, 16);
        var lines = text.Wrap("👩‍🚀 é狗", 1, 50);
        Assert.Equal(3, lines.Count); // text elements are never cut
    }

    [Fact]
    public void Arabic_letters_join()
    {
        using var typefaces = new Typefaces();
        var text = new TextSetter(typefaces, 16);
        // Joined letters take other shapes than letters apart.
        var joined = text.Line("سلم").Runs.SelectMany(r => r.Glyphs).ToHashSet();
        var apart = text.Line("س ل م").Runs.SelectMany(r => r.Glyphs).ToHashSet();
        Assert.NotEmpty(joined.Except(apart));
    }

    [Fact]
    public void Right_to_left_text_is_set_from_the_right()
    {
        using var typefaces = new Typefaces();
        var text = new TextSetter(typefaces, 16);
        ushort alef = Assert.Single(text.Line("א").Runs[0].Glyphs),
            bet = Assert.Single(text.Line("ב").Runs[0].Glyphs);
        var run = Assert.Single(text.Line("אב").Runs);
        float alefAt = run.Places[Array.IndexOf(run.Glyphs, alef)].X,
            betAt = run.Places[Array.IndexOf(run.Glyphs, bet)].X;
        Assert.True(alefAt > betAt);

        // In a left-to-right line the words keep their places around it.
        var mixed = text.Line("x אב y");
        Assert.Equal(3, mixed.Runs.Count);
        Assert.True(mixed.Runs[0].Places[0].X < mixed.Runs[1].Places[0].X && mixed.Runs[1].Places[0].X < mixed.Runs[2].Places[^1].X);
    }
}
