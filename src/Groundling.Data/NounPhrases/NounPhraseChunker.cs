using Groundling.Data.NounPhrases;

namespace Groundling.Data;

/// <summary>Finds the noun phrases of an English caption, so that nobody has to mark them.</summary>
/// <remarks>
/// Base noun phrases, without attached prepositional phrases or relative clauses. Group, quantity and container nouns keep
/// their "of" ("a bottle of water"); coordinated adjectives stay together, coordinated nouns split. Lone pronouns, words for
/// the picture itself ("this image"), for places in it ("the left side") and for times are no phrases.
/// Thread-safe; time is linear in the caption's length.
/// </remarks>
public sealed class NounPhraseChunker
{
    private readonly Lexicon _lexicon;

    private NounPhraseChunker(Lexicon lexicon) => _lexicon = lexicon;

    /// <summary>The chunker for English; its word lists are read on first use.</summary>
    public static NounPhraseChunker English { get; } = new(Lexicon.English);

    /// <summary>The caption's noun phrases, in order and without overlap.</summary>
    /// <param name="caption">Any text; offsets in the result refer to it as given.</param>
    public IReadOnlyList<NounPhrase> Chunk(string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        // 1. Words with their offsets.
        var tokens = Tokenizer.Tokenize(caption);
        // 2. What each word is, by the lexicon and by its neighbours.
        var tagged = ContextTagger.Tag(tokens, _lexicon);
        // 3. Runs of words that form a phrase, 4. less those that name nothing to see.
        return
        [
            .. ChunkGrammar
                .Chunks(tagged)
                .Where(chunk => PhraseFilter.NamesSomething(tagged, chunk))
                .Select(chunk => Phrase(caption, tokens[chunk.Start].Start, tokens[chunk.End - 1].End, chunk.Plural)),
        ];
    }

    /// <summary>The noun that says what a phrase is, for categories.</summary>
    /// <param name="phrase">A phrase, marked by somebody or found by <see cref="Chunk"/>; its first noun phrase counts.</param>
    /// <returns>The noun; a phrase without one is its last word.</returns>
    public HeadNoun HeadOf(string phrase)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        var tokens = Tokenizer.Tokenize(phrase);
        var tagged = ContextTagger.Tag(tokens, _lexicon);
        int last = tokens.ToList().FindLastIndex(token => char.IsLetterOrDigit(token.Text[0]));
        if (last < 0)
        {
            var all = phrase.Trim(); // a picture sign, say
            return new(all, [all], phrase.IndexOf(all, StringComparison.Ordinal), all.Length);
        }
        var chunk = ChunkGrammar.Chunks(tagged).FirstOrDefault(new Chunk(0, last + 1, last, Plural: false, last));
        var words = Enumerable.Range(chunk.Start, chunk.Named + 1 - chunk.Start).Select(tagged.Text).ToList();
        return new(
            tagged.Is(chunk.Named, WordClass.Plural) ? _lexicon.SingularOf(words[^1]) : words[^1],
            words,
            tokens[chunk.Named].Start,
            tokens[chunk.Named].Length
        );
    }

    /// <summary>A noun's singular: "women", "woman"; one that has none, or is none, stays as it is.</summary>
    /// <param name="noun">In lower case.</param>
    public string SingularOf(string noun)
    {
        ArgumentNullException.ThrowIfNull(noun);
        return _lexicon.Look(noun).CanBe(WordClass.Plural) ? _lexicon.SingularOf(noun) : noun;
    }

    private static NounPhrase Phrase(string caption, int start, int end, bool plural) =>
        new(start, end - start, caption[start..end], plural);
}
