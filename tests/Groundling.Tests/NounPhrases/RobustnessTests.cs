using CsCheck;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Web;

namespace Groundling.Tests.NounPhrases;

public class RobustnessTests
{
    private static readonly string[] Pieces =
    [
        "a",
        "the",
        "two",
        "of",
        "and",
        ",",
        ".",
        "group",
        "red",
        "dog",
        "dogs",
        "'s",
        "’",
        "-",
        "sitting",
        "parked",
        "is",
        "that",
        "her",
        "one",
        "left",
        "image",
        "\n",
        "\t",
        "🐶",
        "👩‍🚀",
        "صورة",
        "é",
        "e\u0301",
        "\ud83d",
        "\udc36",
        "\0",
        "İ",
        "ß",
        "n't",
        "10-foot",
        "$5",
        "3,000",
        "\"",
        "(",
        "to",
        "can",
        "like",
        " ",
    ];

    [Fact]
    public void Any_text_is_chunked() =>
        Gen.String.Sample(text => PhraseAssert.Valid(text, NounPhraseChunker.English.Chunk(text)), iter: 2_000);

    [Fact]
    public void Any_mixture_of_words_is_chunked() =>
        Gen.Int[0, Pieces.Length - 1]
            .Array[0, 40]
            .Select(Gen.Bool, (which, spaced) => string.Join(spaced ? " " : "", which.Select(index => Pieces[index])))
            .Sample(text => PhraseAssert.Valid(text, NounPhraseChunker.English.Chunk(text)), iter: 5_000);

    [Fact]
    public void Null_is_refused() => Assert.Throws<ArgumentNullException>(() => NounPhraseChunker.English.Chunk(null!));

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("and of the")]
    [InlineData("...")]
    [InlineData("صورة قطة")]
    public void Nothing_is_found_in_nothing(string caption) => Assert.Empty(NounPhraseChunker.English.Chunk(caption));

    [Theory]
    [InlineData("[A CAT] ON [A MAT]")]
    [InlineData("[A Cat] On [A Mat]")]
    [InlineData("[a cat] on [a mat]")]
    [InlineData("צילום [a cat] 🐈 on\n[a mat]")]
    public void Case_script_and_symbols_do_not_matter(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("in this image i can see a man and a dog ")]
    [InlineData("red ")]
    [InlineData("dog's red ")]
    [InlineData("a group of ")]
    [InlineData("red, ")]
    [InlineData("very ")]
    public void Three_thousand_words_are_chunked(string sentence)
    {
        var caption = string.Concat(Enumerable.Repeat(sentence, 3_000 / sentence.Count(c => c == ' ') + 1));
        PhraseAssert.Valid(caption, NounPhraseChunker.English.Chunk(caption));
    }
}
