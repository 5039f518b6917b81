using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Training;

namespace Groundling.Tests.Training;

public sealed class VocabularyLearnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_commonest_neighbours_are_merged_first()
    {
        // hug 3 times, pug 2, hugs 1: "u g</w>" stands 5 times; then "h ug</w>" 3, "p ug</w>" 2; of the rest "h u" comes first in ordinal
        // order.
        var merges = VocabularyLearner.Learn(["hug pug hug", "hug pug hugs"], 4);
        Assert.Equal([("u", "g</w>"), ("h", "ug</w>"), ("p", "ug</w>"), ("g", "s</w>")], merges);
    }

    [Fact]
    public void Learning_ends_when_every_word_is_a_token() => Assert.Equal([("a", "b</w>")], VocabularyLearner.Learn(["ab ab", "c"], 100));

    [Fact]
    public void The_tokenizer_reads_each_learnt_word_as_one_token()
    {
        string[] captions = ["Two red boats on the water.", "the red kite over two trees"];
        ByteVocabulary.Write(_folder.Path, 1024, VocabularyLearner.Learn(captions, 1024 - ByteVocabulary.LeastSize));
        var tokenizer = ClipTokenizer.Open(_folder.Path);
        Assert.Equal(7, tokenizer.Tokenize(captions[0]).Count);
        Assert.Equal(6, tokenizer.Tokenize(captions[1]).Count);
        Assert.True(tokenizer.Tokenize("zebra").Count > 1);
        Assert.Equal((1022, 1023), (tokenizer.StartToken, tokenizer.EndToken));
    }

    [Theory]
    [InlineData(true, "zebra", "ed", "2")]
    [InlineData(false)]
    public void Which_words_were_never_read_is_known_where_those_are_listed_that_were(bool listed, params string[] unread)
    {
        // "ed" is a token, the end of "red"; "boat" is none, for want of room.
        (string, string)[] merges = [("e", "d</w>"), ("r", "ed</w>")];
        ByteVocabulary.Write(_folder.Path, 1024, merges, listed ? ["a", "red", "boat"] : null);
        Assert.Equal(unread, ClipTokenizer.Open(_folder.Path).UnreadWords("A Zebra, RED! Ed: 2 boat."));
    }
}
