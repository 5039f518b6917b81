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

    private static NounPhrase Phrase(string caption, int start, int end, bool plural) =>
        new(start, end - start, caption[start..end], plural);
}
