namespace Groundling.Data.NounPhrases;

/// <summary>Closed-class words with several uses: "that", "her", "one", "'s", "still", "can".</summary>
internal static class ClosedWordRules
{
    public static WordClass Decide(TaggedCaption caption, int index)
    {
        var word = caption.Word(index);
        if (caption.IsCompound(index - 1))
        {
            return WordClass.Noun;
        }

        var special = caption.Text(index) switch
        {
            "that" => That(caption, index),
            "'s" or "'" => ApostropheS(caption, index),
            "one" => One(caption, index),
            "a" when caption.Text(index + 1) is "." or ")" => WordClass.Symbol,
            "like" => caption.Is(index - 1, WordClass.Pronoun | WordClass.To | WordClass.Auxiliary) ? WordClass.Verb : WordClass.Preposition,
            "half" when caption.AwaitsNoun(index) && !caption.NounFollows(index + 1) => WordClass.Noun,
            "how" or "what" or "which" => WordClass.Relative,
            _ => WordClass.None,
        };
        if (special != WordClass.None)
        {
            return special;
        }

        if (caption.Text(index - 1) is "how")
        {
            return WordClass.Relative;
        }

        if (word.CanBe(WordClass.Quantifier | WordClass.Demonstrative))
        {
            return Quantifier(caption, index, word);
        }

        if (word.CanBe(WordClass.Possessive))
        {
            return caption.NounFollows(index + 1) || !word.CanBe(WordClass.Pronoun) ? WordClass.Possessive : WordClass.Pronoun;
        }

        // "a well", "the still pond", "the round table", "the inside": after a determiner the open class wins.
        if (caption.AwaitsNoun(index) && word.CanBe(WordClass.Preposition | WordClass.Adverb | WordClass.Auxiliary | WordClass.Number))
        {
            var next = caption.Word(index + 1);
            if (word.CanBe(WordClass.Adjective) && caption.NounFollows(index + 1))
            {
                return WordClass.Adjective;
            }

            if (word.CanBe(WordClass.Noun | WordClass.Number) && !next.CanBe(WordClass.Participle | WordClass.Adjective) && word.CanBe(WordClass.AnyNoun))
            {
                return word.Classes & WordClass.AnyNoun & (word.CanBe(WordClass.Noun) ? WordClass.Noun : WordClass.Plural);
            }

            if (word.Has(WordTraits.Place))
            {
                return caption.NounFollows(index + 1) ? WordClass.Adjective : WordClass.Noun;
            }
        }

        // "fast cars", but "runs fast".
        if (word.CanBe(WordClass.Adverb) && word.CanBe(WordClass.Adjective) && caption.IsLikelyNoun(index + 1) && !caption.Is(index - 1, WordClass.Be))
        {
            return WordClass.Adjective;
        }

        var closed = (int)(word.Classes & WordClass.Closed & ~WordClass.Adverb);
        return closed == 0 ? WordClass.Adverb : (WordClass)(closed & -closed);
    }

    private static WordClass That(TaggedCaption caption, int index)
    {
        if (caption.Is(index - 1, WordClass.AnyNoun | WordClass.Pronoun))
        {
            return WordClass.Relative;
        }

        return caption.NounFollows(index + 1) ? WordClass.Demonstrative : caption.OpensSentence(index) ? WordClass.Pronoun : WordClass.Relative;
    }

    // "the boy's hat", but "the boy's wearing a hat" and "there's a hat".
    private static WordClass ApostropheS(TaggedCaption caption, int index)
    {
        if (!caption.Is(index - 1, WordClass.AnyNoun))
        {
            return caption.Text(index) == "'" ? WordClass.Symbol : WordClass.Be;
        }

        var next = caption.Word(index + 1);
        var verb = next.CanBe(WordClass.Gerund) && !next.CanBe(WordClass.AnyNoun) && !caption.IsCompound(index + 1)
            && (next.Has(WordTraits.Transitive) || !caption.NounFollows(index + 2) || caption.StartsObject(index + 2));
        return caption.NounFollows(index + 1) && !verb ? WordClass.PossessiveMark : WordClass.Be;
    }

    private static WordClass One(TaggedCaption caption, int index)
    {
        if (caption.Is(index - 1, WordClass.Adjective))
        {
            return WordClass.Noun;
        }

        return caption.Text(index + 1) is "of" || NounOpens(caption, index + 1) ? WordClass.Number : WordClass.Pronoun;
    }

    private static WordClass Quantifier(TaggedCaption caption, int index, Word word)
    {
        var opens = NounOpens(caption, index + 1) || caption.Text(index + 1) is "of"
            || caption.Word(index + 1).CanBe(WordClass.Article | WordClass.Possessive | WordClass.Demonstrative | WordClass.Quantifier);
        if (!opens)
        {
            return caption.AwaitsNoun(index) || !word.CanBe(WordClass.Quantifier) ? WordClass.Pronoun : WordClass.Quantifier;
        }

        return word.CanBe(WordClass.Quantifier) ? WordClass.Quantifier : WordClass.Demonstrative;
    }

    // "some holding bats" has no noun of its own, "some smiling girls" has.
    private static bool NounOpens(TaggedCaption caption, int index) =>
        caption.NounFollows(index) && !(caption.Word(index).CanBe(WordClass.Gerund) && caption.Word(index).Has(WordTraits.Transitive));
}
