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
    [InlineData(true, "zebra", "meadow")]
    [InlineData(false)]
    public void Only_a_closed_vocabulary_knows_which_words_were_never_read(bool closed, params string[] unread)
    {
        ByteVocabulary.Write(_folder.Path, 1024, VocabularyLearner.Learn(["a red boat on the water"], 100), closed);
        Assert.Equal(unread, ClipTokenizer.Open(_folder.Path).UnreadWords("A Zebra, on the RED meadow"));
    }
}
