using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>The caption's words, what each can be, and what the tagger has decided so far, left to right.</summary>
internal sealed class TaggedCaption(IReadOnlyList<Token> tokens, Lexicon lexicon)
{
    private const int LongestLookAhead = 8;
    private readonly Word[] _words = [.. tokens.Select(token => lexicon.Look(token.Text))];
    private readonly WordClass[] _tags = new WordClass[tokens.Count];

    public int Count => tokens.Count;

    public Token Token(int index) => tokens[index];

    /// <summary>The text at an index, "" outside the caption.</summary>
    public string Text(int index) => index >= 0 && index < Count ? tokens[index].Text : "";

    /// <summary>What the word at an index can be; a symbol outside the caption.</summary>
    public Word Word(int index) => index >= 0 && index < Count ? _words[index] : new Word(Symbol, WordTraits.None);

    /// <summary>What was decided for an earlier word; a symbol outside the caption.</summary>
    public WordClass Tag(int index) => index >= 0 && index < Count ? _tags[index] : Symbol;

    public bool Is(int index, WordClass classes) => (Tag(index) & classes) != 0;

    public void Decide(int index, WordClass tag) => _tags[index] = tag;

    public bool OpensSentence(int index) => index < 0 || index >= Count || tokens[index].OpensSentence;

    /// <summary>Whether a phrase is open before the word and waits for its noun: "a very old ...".</summary>
    public bool AwaitsNoun(int index)
    {
        var before = index - 1;
        while (before >= 0 && Is(before, Adverb) && Is(before - 1, Determiner | Adjective))
        {
            before--;
        }

        return Is(before, Determiner) || (Is(before, Adjective) && !IsPredicate(before));
    }

    /// <summary>Whether the words from an index on can be the rest of a noun phrase: "old wooden door".</summary>
    public bool NounFollows(int index)
    {
        for (var ahead = index; ahead < index + LongestLookAhead; ahead++)
        {
            var word = Word(ahead);
            if (IsLikelyNoun(ahead))
            {
                return true;
            }

            if (
                !word.CanBe(Adjective | Participle | Number | Gerund)
                && !word.Has(WordTraits.Degree)
                && !(Text(ahead) is "and" or "," && Word(ahead + 1).CanBe(Adjective) && ahead > index)
                && !(word.CanBe(Adverb) && !word.CanBe(Preposition) && Word(ahead + 1).CanBe(Participle | Adjective))
            )
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Whether the word can be a noun and is none of those that are more often something else.</summary>
    public bool IsLikelyNoun(int index)
    {
        var word = Word(index);
        return word.CanBe(AnyNoun)
            && !word.CanBe(Closed & ~Adverb & ~Number)
            && !(word.CanBe(VerbS) && word.Has(WordTraits.LeansVerb) && StartsObject(index + 1))
            && !(word.CanBe(AnyPast) && StartsObject(index + 1));
    }

    /// <summary>Whether what stands there can only be the beginning of an object: an article, a possessive, a pronoun.</summary>
    public bool StartsObject(int index) =>
        (Word(index).CanBe(Article | Possessive | Demonstrative) && Text(index) is not "that")
        || Text(index) is "him" or "her" or "them" or "it" or "me" or "us";

    /// <summary>Whether the word joins the noun after it: "parking lot".</summary>
    public bool IsCompound(int index) => lexicon.IsCompound(Text(index), Text(index + 1));

    /// <summary>
    /// The closing mark of a quotation that opens at an index and stands between the beginning of a phrase and its noun; 0 where there is
    /// none.
    /// </summary>
    public int QuotedBeforeNoun(int index)
    {
        if (Text(index) is not ("\"" or "“" or "'") || !AwaitsNoun(index))
        {
            return 0;
        }

        for (var closing = index + 2; closing <= index + LongestLookAhead && closing < Count; closing++)
        {
            if (Text(closing) is "\"" or "”" or "'")
            {
                return IsLikelyNoun(closing + 1) ? closing : 0;
            }
        }

        return 0;
    }

    public (int Length, WordClass Class) ExpressionAt(int index) => lexicon.ExpressionAt(tokens, index);

    /// <summary>Where the phrase starts that the word before an index belongs to.</summary>
    public int PhraseStart(int index)
    {
        var start = index;
        while (start > index - 2 * LongestLookAhead && Is(start - 1, Determiner | Adjective | AnyNoun))
        {
            start--;
        }

        return start;
    }

    /// <summary>Index of the determiner of the phrase that the word before an index belongs to, -1 when it has none.</summary>
    public int DeterminerBefore(int index)
    {
        for (var before = index - 1; before >= 0 && before >= index - 2 * LongestLookAhead; before--)
        {
            if (Is(before, Determiner & ~PossessiveMark))
            {
                return before;
            }

            if (!Is(before, Adjective | AnyNoun | PossessiveMark | Adverb))
            {
                break;
            }
        }

        return -1;
    }

    // "the sky is clear": an adjective after "is" waits for no noun, unless "there is".
    private bool IsPredicate(int index)
    {
        var before = index - 1;
        while (Is(before, Adverb | Adjective))
        {
            before--;
        }

        return Is(before, Be) && Text(before - 1) is not "there" && !NounFollows(index + 1);
    }
}
