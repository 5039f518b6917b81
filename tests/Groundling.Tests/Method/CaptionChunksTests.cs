using CsCheck;
using Groundling.Diffusion;
using Groundling.Web;

namespace Groundling.Tests.Method;

public class CaptionChunksTests
{
    private static readonly string[] Words = ["a", "bb", "ccccccc", "d,", "e.", "ff,", "ggg!", "1.5", "2,5", "x?y", "..."];

    [Fact]
    public void What_fits_stays_whole() => Is("a b. c d.", 6, "a b. c d.");

    [Fact]
    public void Whole_sentences_fill_a_chunk() => Is("a. b. c. d. e.", 4, "a. b.", "c. d.", "e.");

    [Fact]
    public void A_sentence_that_does_not_fit_starts_the_next_chunk() => Is("a b c. d e.", 6, "a b c.", "d e.");

    [Fact]
    public void A_long_sentence_is_cut_after_its_last_comma_that_fits() => Is("a, b, c d e f", 6, "a, b,", "c d e f");

    [Fact]
    public void Without_a_comma_it_is_cut_before_a_word() => Is("a b c d e", 3, "a b c", "d e");

    [Fact]
    public void A_word_of_several_tokens_is_not_cut() => Is("a b cccc d", 3, "a b", "cccc d");

    [Fact]
    public void A_word_longer_than_a_chunk_is_cut_anywhere() => Is("a bbbbbbbbbbbb", 2, "a", "bbbbbb", "bbbbbb");

    [Fact]
    public void Commas_inside_numbers_do_not_count() => Is("a 1,2 b c d", 5, "a 1,2 b", "c d");

    [Fact]
    public void Points_inside_words_end_no_sentence() => Is("a 1.5 b. c", 6, "a 1.5 b.", "c");

    [Fact]
    public void Question_and_exclamation_marks_end_sentences() => Is("a? b! c. d", 4, "a? b!", "c. d");

    [Fact]
    public void A_chunk_after_a_long_sentence_is_filled_further() => Is("a b c d e. f.", 4, "a b c d", "e. f.");

    [Fact]
    public void Nothing_makes_no_chunk() => Assert.Empty(CaptionChunks.Split("", [], 75));

    [Fact]
    public void A_chunk_must_hold_something() => Assert.Throws<ArgumentOutOfRangeException>(() => CaptionChunks.Split("", [], 0));

    [Fact]
    public void Every_token_is_in_one_chunk_and_cuts_are_the_best_that_fit() =>
        Gen.Select(Gen.Int[0, Words.Length - 1].Select(i => Words[i]).List[0, 60], Gen.Int[1, 12])
            .Sample(
                (words, capacity) =>
                {
                    var (text, tokens) = Tokenize(string.Join(' ', words));
                    var chunks = CaptionChunks
                        .Split(text, tokens, capacity)
                        .Select(chunk => (Start: chunk.Start.Value, End: chunk.End.Value))
                        .ToList();

                    Assert.Equal(chunks.Select(chunk => chunk.Start), chunks.Select(chunk => chunk.End).Prepend(0).Take(chunks.Count));
                    Assert.Equal(tokens.Count, chunks.Count == 0 ? 0 : chunks[^1].End);
                    Assert.All(chunks, chunk => Assert.InRange(chunk.End - chunk.Start, 1, capacity));
                    bool Ends(int at, string marks) =>
                        at == tokens.Count || (marks.Contains(text[tokens[at - 1].End - 1]) && tokens[at].StartsWord);
                    foreach (var (start, end) in chunks.SkipLast(1))
                    {
                        // where the chunk could have ended
                        var reach = Enumerable.Range(start + 1, Math.Min(capacity, tokens.Count - start)).ToList();
                        var sentence = reach.Where(at => Ends(at, ".!?")).DefaultIfEmpty(-1).Max();
                        var comma = reach.Where(at => Ends(at, ",")).DefaultIfEmpty(-1).Max();
                        var word = reach.Where(at => tokens[at].StartsWord).DefaultIfEmpty(-1).Max();
                        Assert.Equal(
                            sentence > 0 ? sentence
                                : comma > 0 ? comma
                                : word > 0 ? word
                                : start + capacity,
                            end
                        );
                    }
                }
            );

    private static void Is(string text, int capacity, params string[] expected)
    {
        var (_, tokens) = Tokenize(text);
        Assert.Equal(
            expected,
            CaptionChunks.Split(text, tokens, capacity).Select(chunk => text[tokens[chunk.Start].Start..tokens[chunk.End.Value - 1].End])
        );
    }

    /// <summary>Words in pieces of at most three letters; digits and marks alone, as CLIP has them.</summary>
    private static (string, List<TextToken>) Tokenize(string text)
    {
        var tokens = new List<TextToken>();
        for (var at = 0; at < text.Length; )
        {
            if (text[at] == ' ')
            {
                at++;
                continue;
            }
            var end = at + 1;
            while (char.IsLetter(text[at]) && end < text.Length && end < at + 3 && char.IsLetter(text[end]))
                end++;
            tokens.Add(new(0, at, end, at == 0 || text[at - 1] == ' '));
            at = end;
        }
        return (text, tokens);
    }
}
