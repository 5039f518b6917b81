using CsCheck;
using Groundling.Data;
using Groundling.Web;

namespace Groundling.Tests.Data;

public class CaptionTests
{
    [Fact]
    public void Brackets_mark_phrases()
    {
        var caption = Caption.ParseBrackets("[a man] rides [a horse]");
        Assert.Equal("a man rides a horse", caption.Text);
        Assert.Equal([new PhraseSpan(0, 5, "a man"), new PhraseSpan(12, 7, "a horse")], caption.Phrases);
    }

    [Fact]
    public void Brackets_nest_and_escape()
    {
        var caption = Caption.ParseBrackets(@"see \[1\]: [a man in [ a hat ]] and [[two] dogs]");
        Assert.Equal("see [1]: a man in  a hat  and two dogs", caption.Text);
        Assert.Equal(["a man in  a hat", "a hat", "two dogs", "two"], caption.Phrases.Select(p => p.Text));
        Assert.All(caption.Phrases, p => Assert.Equal(p.Text, caption.Text.Substring(p.Start, p.Length)));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \n\t ", "empty")]
    [InlineData("a man rides a horse", "name them in 'phrases'")]
    [InlineData("[a man] rides a horse]", "character 22")]
    [InlineData("[a man rides [a horse]", "character 1 ")]
    [InlineData("a [] man", "character 3")]
    [InlineData("a [  ] man", "character 3")]
    [InlineData(@"a \[man\]", "name them")]
    public void Faults_say_what_and_where(string marked, string says)
    {
        var fault = Assert.Throws<InputException>(() => Caption.ParseBrackets(marked));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void Other_scripts_and_emoji_keep_their_offsets()
    {
        var caption = Caption.ParseBrackets("👩‍🚀 sees [שני כלבים] and [一只狗] 🐶 [🐶]");
        Assert.Equal(["שני כלבים", "一只狗", "🐶"], caption.Phrases.Select(p => p.Text));
        Assert.All(caption.Phrases, p => Assert.Equal(p.Text, caption.Text.Substring(p.Start, p.Length)));
        var found = Caption.FromPhrases(caption.Text, ["🐶", "狗", "כלבים"]);
        Assert.All(found.Phrases, p => Assert.Equal(p.Text, found.Text.Substring(p.Start, p.Length)));
    }

    [Fact]
    public void Long_captions_and_many_phrases_are_read()
    {
        var marked = string.Join(' ', Enumerable.Range(0, 3000).Select(i => i % 15 == 0 ? $"[thing {i}]" : $"word{i}"));
        var caption = Caption.ParseBrackets(marked);
        Assert.Equal(200, caption.Phrases.Count);
        Assert.Equal(caption, caption with { Text = Caption.FromPhrases(caption.Text, caption.Phrases.Select(p => p.Text)).Text });
    }

    [Fact]
    public void Phrases_are_found_in_order_as_whole_words_first()
    {
        var caption = Caption.FromPhrases("The catalogue shows a cat and another Cat.", ["CAT", "cat", "Cat"]);
        Assert.Equal([22, 38, 4], caption.Phrases.Select(p => p.Start));
        Assert.Equal(["cat", "Cat", "cat"], caption.Phrases.Select(p => p.Text));
    }

    [Fact]
    public void Scripts_without_blanks_are_found_inside_words()
    {
        var caption = Caption.FromPhrases("一个人牵着一只狗", ["人", "一只狗"]);
        Assert.Equal([2, 5], caption.Phrases.Select(p => p.Start));
    }

    [Fact]
    public void Without_text_the_phrases_are_the_caption()
    {
        var caption = Caption.FromPhrases(null, [" a man ", "a horse"]);
        Assert.Equal("a man, a horse", caption.Text);
        Assert.Equal([new PhraseSpan(0, 5, "a man"), new PhraseSpan(7, 7, "a horse")], caption.Phrases);
    }

    [Theory]
    [InlineData("a man", "a dog", "\"a dog\"")]
    [InlineData("a man", "a man|a man", "more often")]
    [InlineData("a man", "a man| ", "Phrase 2 of 2")]
    [InlineData("  ", "a man", "empty")]
    [InlineData("a man", "", "Phrase 1 of 1")]
    public void Phrases_that_cannot_be_found_are_named(string text, string phrases, string says) =>
        Assert.Contains(
            says,
            Assert.Throws<InputException>(() => Caption.FromPhrases(text, phrases.Split('|'))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void No_phrases_are_refused()
    {
        Assert.Contains(
            "[brackets]",
            Assert.Throws<InputException>(() => Caption.FromPhrases("a man", [])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<InputException>(() => Caption.FromPhrases(null, []));
    }

    [Fact]
    public void Any_text_is_read_or_refused() =>
        Gen.String[Gen.Char["[]\\aß \ud83d\udc36"], 0, 14]
            .Sample(marked =>
            {
                try
                {
                    var caption = Caption.ParseBrackets(marked);
                    return caption.Phrases.All(p => caption.Text.Substring(p.Start, p.Length) == p.Text && p.Length > 0);
                }
                catch (InputException)
                {
                    return true;
                }
            });
}
