using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Prompting;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>Phrase states. The tiny model's tokenizer has one token a letter, so places can be counted.</summary>
public sealed class PhraseEncoderTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Groundling.Diffusion.StableDiffusion _model;
    private readonly PhraseEncoder _encoder;

    public PhraseEncoderTests(TinyModel tiny)
    {
        _model = tiny.Pipeline.Diffusion;
        _encoder = new(_model.Tokenizer, _model.Text);
    }

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_short_caption_is_read_between_start_and_end()
    {
        var states = _encoder.Encode(Caption.ParseBrackets("[ab] cd [e [fg]]"));
        var read = Read([.. states.TokenIds]);
        Assert.Equal(7, states.TokenIds.Count);
        TensorAssert.Close(read[0], states.NullPhrase, 1e-6, "null phrase");
        TensorAssert.Close(read[1..8], states.Words, 1e-6, "words");
        TensorAssert.Close(read[1..3].mean([0]), states.Phrases[0], 1e-6, "ab");
        TensorAssert.Close(read[5..8].mean([0]), states.Phrases[1], 1e-6, "e fg");
        TensorAssert.Close(read[6..8].mean([0]), states.Phrases[2], 1e-6, "fg");
    }

    [Fact]
    public void A_token_belongs_to_a_phrase_that_holds_any_of_its_characters()
    {
        // An accent makes one character of two bytes, so of two tokens; both are the phrase's.
        var states = _encoder.Encode(new Caption("x é y", [new(2, 1, "é")]));
        Assert.Equal(4, states.TokenIds.Count);
        TensorAssert.Close(states.Words[1..3].mean([0]), states.Phrases[0], 1e-6, "é");
    }

    [Fact]
    public void Long_captions_equal_their_chunks_read_one_by_one()
    {
        var text = string.Join(
            ' ',
            Enumerable
                .Range(0, 600)
                .Select(i =>
                    i % 9 == 8 ? "stop."
                    : i % 5 == 0 ? "apple,"
                    : "pear"
                )
        ); // more chunks than are read at once
        var tokens = _model.Tokenizer.Tokenize(text);
        var chunks = CaptionChunks.Split(text, tokens, 75);
        Assert.InRange(chunks.Count, 33, 100);
        var states = _encoder.Encode(new Caption(text, [new(0, 6, text[..6])]));
        var expected = cat(
            [
                .. chunks.Select(chunk =>
                {
                    var (start, count) = chunk.GetOffsetAndLength(tokens.Count);
                    return Read([.. tokens.Skip(start).Take(count).Select(token => token.Id)]).narrow(0, 1, count);
                }),
            ],
            0
        );
        TensorAssert.Close(expected, states.Words, 1e-5, "words");
        Assert.Equal(tokens.Select(token => token.Id), states.TokenIds);
    }

    [Fact]
    public void A_phrase_across_a_boundary_has_states_of_both_chunks()
    {
        var text = new string('a', 74) + " bcd"; // 75 tokens fit; the word goes to the next chunk
        var states = _encoder.Encode(new Caption(text, [new(73, 3, "a b"), new(75, 3, "bcd")]));
        var (first, second) = (Read([.. states.TokenIds.Take(74)]), Read([.. states.TokenIds.Skip(74)]));
        TensorAssert.Close((first[74] + second[1]) / 2, states.Phrases[0], 1e-6, "across");
        TensorAssert.Close(second[1..4].mean([0]), states.Phrases[1], 1e-6, "behind");
        TensorAssert.Close(first[0], states.NullPhrase, 1e-6, "null phrase");
    }

    [Fact]
    public void What_stands_in_other_chunks_does_not_matter()
    {
        var sentence = new string('a', 70) + ".";
        var alone = _encoder.Encode(new Caption(sentence, [new(0, 4, "aaaa")]));
        var among = _encoder.Encode(new Caption($"Something short. {sentence} More.", [new(17, 4, "aaaa")]));
        TensorAssert.Close(alone.Phrases, among.Phrases, 1e-5, "phrase");
    }

    [Fact]
    public void Phrases_without_tokens_are_refused()
    {
        Assert.Contains("no letters", Assert.Throws<InputException>(() => _encoder.Encode(new Caption("a  b", [new(1, 2, "  ")]))).Message);
        Assert.Throws<InputException>(() => _encoder.Encode(new Caption("a", [])));
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        var caption = Caption.ParseBrackets("[a man] on [a horse]");
        _encoder.Encode(caption).Dispose();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        _encoder.Encode(caption).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>[2 + T, C_t] the text encoder's own answer for one chunk.</summary>
    private Tensor Read(int[] ids)
    {
        using var frozen = no_grad();
        long[] all = [_model.Tokenizer.StartToken, .. ids.Select(id => (long)id), _model.Tokenizer.EndToken];
        return _model.Text.call(tensor(all, [1, all.Length]))[0];
    }
}
