using Groundling.Rendering;

namespace Groundling.Tests.Data;

public class BidiTests
{
    // Hebrew letters are written here as the letters אבג; levels as digits.
    [Theory]
    [InlineData("a dog", "00000")]
    [InlineData("אב ג", "1111")]
    [InlineData("אב ab גב", "11122111")]
    [InlineData("ab אב ג cd", "0001111000")]
    [InlineData("אב 12, ג", "11122111")]
    [InlineData("ab 12 cd", "00000000")]
    [InlineData("a אב 3", "001112")]
    [InlineData("אב 1.5 ", "1112221")]
    [InlineData("(אב)", "1111")]
    public void Levels_follow_the_annex(string text, string levels) =>
        Assert.Equal(levels, string.Concat(Bidi.Levels(text, Bidi.IsRightToLeft(text))));

    [Theory]
    [InlineData("12 אב", true)]
    [InlineData("12 ab אב", false)]
    [InlineData("رجل", true)]
    [InlineData("🐶", false)]
    [InlineData("", false)]
    public void The_first_letter_gives_the_direction(string text, bool rightToLeft) => Assert.Equal(rightToLeft, Bidi.IsRightToLeft(text));
}
