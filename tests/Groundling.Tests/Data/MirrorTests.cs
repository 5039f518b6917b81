using Groundling.Data;

namespace Groundling.Tests.Data;

public class MirrorTests
{
    [Theory]
    [InlineData("[a man] on the left of [the tree]", "a man on the right of the tree", "a man", "the tree")]
    [InlineData(
        "at the right, [the left one]; Right: [LEFT wall]",
        "at the left, the right one; Left: RIGHT wall",
        "the right one",
        "RIGHT wall"
    )]
    [InlineData(
        "[the leftmost boat], [the right-hand side] and [a righthand drive]",
        "the rightmost boat, the left-hand side and a lefthand drive",
        "the rightmost boat",
        "the left-hand side",
        "a lefthand drive"
    )]
    [InlineData(
        "[an upright man] copyrights [leftover bread]",
        "an upright man copyrights leftover bread",
        "an upright man",
        "leftover bread"
    )]
    [InlineData("right [right]", "left left", "left")]
    [InlineData("ein [Hund] — left 🐶 [dog's left ear] left", "ein Hund — right 🐶 dog's right ear right", "Hund", "dog's right ear")]
    public void Sides_are_exchanged_and_phrases_stay_on_their_words(string marked, string text, params string[] phrases)
    {
        var mirrored = Caption.ParseBrackets(marked).Mirrored();
        Assert.Equal(text, mirrored.Text);
        Assert.Equal(phrases, mirrored.Phrases.Select(phrase => phrase.Text));
        Assert.All(mirrored.Phrases, phrase => Assert.Equal(phrase.Text, mirrored.Text.Substring(phrase.Start, phrase.Length)));
        Assert.Equal(Caption.ParseBrackets(marked).Text, mirrored.Mirrored().Text);
        Assert.Equal(Caption.ParseBrackets(marked).Phrases, mirrored.Mirrored().Phrases);
    }

    [Fact]
    public void A_phrase_that_begins_inside_a_word_keeps_the_whole_word()
    {
        var mirrored = new Caption("the left dog", [new(6, 6, "ft dog"), new(0, 6, "the le")]).Mirrored();
        Assert.Equal(["right dog", "the right"], mirrored.Phrases.Select(phrase => phrase.Text));
    }

    [Fact]
    public void Pictures_and_masks_are_mirrored_alike()
    {
        var picture = new Picture(3, 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19]).Mirrored();
        Assert.Equal([7, 8, 9, 4, 5, 6, 1, 2, 3, 17, 18, 19, 14, 15, 16, 11, 12, 13], picture.Rgb);
        Assert.Equal([0, 1, 1, 1, 0, 0], RunLengthMask.FromBytes([1, 1, 0, 0, 0, 1], 3, 2).Mirrored().ToBytes());
    }
}
