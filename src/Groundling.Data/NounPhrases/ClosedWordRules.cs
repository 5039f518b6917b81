using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>Closed-class words with several uses: "that", "her", "one", "'s", "still", "can".</summary>
internal static class ClosedWordRules
{
    public static WordClass Decide(TaggedCaption caption, int index)
    {
        var word = caption.Word(index);
        if (caption.IsCompound(index - 1))
        {
            return Noun;
        }

        var special = caption.Text(index) switch
        {
            "that" => DecideThat(caption, index),
            "'s" or "'" => DecideApostrophe(caption, index),
            "one" => DecideOne(caption, index),
            "a" when caption.Text(index + 1) is "." or ")" => Symbol,
            "like" => caption.Is(index - 1, Pronoun | To | Auxiliary) ? Verb : Preposition,
            "half" when caption.AwaitsNoun(index) && !caption.NounFollows(index + 1) => Noun,
            "how" or "what" or "which" => Relative,
            _ => None,
        };
        if (special != None)
        {
            return special;
        }

        if (caption.Text(index - 1) is "how")
        {
            return Relative;
        }

        if (word.CanBe(Quantifier | Demonstrative))
        {
            return DecideQuantifier(caption, index, word);
        }

        if (word.CanBe(Possessive))
        {
            return caption.NounFollows(index + 1) || !word.CanBe(Pronoun) ? Possessive : Pronoun;
        }

        // "a well", "the still pond", "the round table", "the inside": after a determiner the open class wins.
        if (caption.AwaitsNoun(index) && word.CanBe(Preposition | Adverb | Auxiliary | Number))
        {
            var next = caption.Word(index + 1);
            if (word.CanBe(Adjective) && caption.NounFollows(index + 1))
            {
                return Adjective;
            }

            if (word.CanBe(Noun) && !next.CanBe(Participle | Adjective))
            {
                return Noun;
            }

            if (word.Has(WordTraits.Place))
            {
                return caption.NounFollows(index + 1) ? Adjective : Noun;
            }
        }

        // "fast cars", but "runs fast".
        if (word.CanBe(Adverb) && word.CanBe(Adjective) && caption.IsLikelyNoun(index + 1) && !caption.Is(index - 1, Be))
        {
            return Adjective;
        }

        var closed = (int)(word.Classes & Closed & ~Adverb);
        return closed == 0 ? Adverb : (WordClass)(closed & -closed);
    }

    private static WordClass DecideThat(TaggedCaption caption, int index)
    {
        if (caption.Is(index - 1, AnyNoun | Pronoun))
        {
            return Relative;
        }

        return caption.NounFollows(index + 1) ? Demonstrative
            : caption.OpensSentence(index) ? Pronoun
            : Relative;
    }

    // "the boy's hat", but "the boy's wearing a hat" and "there's a hat".
    private static WordClass DecideApostrophe(TaggedCaption caption, int index)
    {
        if (!caption.Is(index - 1, AnyNoun))
        {
            return caption.Text(index) == "'" ? Symbol : Be;
        }

        var next = caption.Word(index + 1);
        var verb =
            next.CanBe(Gerund)
            && !next.CanBe(AnyNoun)
            && !caption.IsCompound(index + 1)
            && (next.Has(WordTraits.Transitive) || !caption.NounFollows(index + 2) || caption.StartsObject(index + 2));
        return caption.NounFollows(index + 1) && !verb ? PossessiveMark : Be;
    }

    private static WordClass DecideOne(TaggedCaption caption, int index)
    {
        if (caption.Is(index - 1, Adjective))
        {
            return Noun;
        }

        return caption.Text(index + 1) is "of" || NounOpens(caption, index + 1) ? Number : Pronoun;
    }

    private static WordClass DecideQuantifier(TaggedCaption caption, int index, Word word)
    {
        var opens =
            NounOpens(caption, index + 1)
            || caption.Text(index + 1) is "of"
            || caption.Word(index + 1).CanBe(Article | Possessive | Demonstrative | Quantifier);
        if (!opens)
        {
            return caption.AwaitsNoun(index) || !word.CanBe(Quantifier) ? Pronoun : Quantifier;
        }

        return word.CanBe(Quantifier) ? Quantifier : Demonstrative;
    }

    // "some holding bats" has no noun of its own, "some smiling girls" has.
    private static bool NounOpens(TaggedCaption caption, int index) =>
        caption.NounFollows(index) && !(caption.Word(index).CanBe(Gerund) && caption.Word(index).Has(WordTraits.Transitive));
}
