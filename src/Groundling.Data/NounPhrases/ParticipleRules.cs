namespace Groundling.Data.NounPhrases;

/// <summary>-ing and past forms: "a sitting dog" and "a parked car", but "a dog sitting" and "a car parked".</summary>
internal static class ParticipleRules
{
    public static WordClass DecideIng(TaggedCaption caption, int index)
    {
        var word = caption.Word(index);
        var noun = word.CanBe(WordClass.Noun);
        if (caption.IsCompound(index) || caption.IsCompound(index - 1))
        {
            return WordClass.Noun;
        }

        // "two holding bats", "some painting": after a number alone it is a verb.
        if (caption.Is(index - 1, WordClass.Number | WordClass.Quantifier) && (word.Has(WordTraits.Transitive) || !caption.NounFollows(index + 1)) && !noun)
        {
            return WordClass.Gerund;
        }

        if (caption.AwaitsNoun(index))
        {
            return noun && !word.CanBe(WordClass.Adjective) ? WordClass.Noun
                : caption.NounFollows(index + 1) ? WordClass.Adjective
                : noun || caption.Is(index - 1, WordClass.Article | WordClass.Possessive) ? WordClass.Noun
                : WordClass.Gerund;
        }

        if (word.CanBe(WordClass.Adjective) && caption.NounFollows(index + 1) && !caption.Is(index - 1, WordClass.Be))
        {
            return WordClass.Adjective;
        }

        if (noun)
        {
            var verb = caption.StartsObject(index + 1) || caption.Is(index - 1, WordClass.Be | WordClass.Plural)
                || caption.Word(index - 1).Has(WordTraits.Animate);
            return verb && word.CanBe(WordClass.Gerund) ? WordClass.Gerund : WordClass.Noun;
        }

        // "with flapping wings", "against rolling hills".
        var describes = caption.Text(index - 1) is "with" or "under" or "on" or "behind" or "over" or "near" or "against" or "among" or "above";
        return describes && caption.IsLikelyNoun(index + 1) ? WordClass.Adjective : WordClass.Gerund;
    }

    public static WordClass DecidePast(TaggedCaption caption, int index)
    {
        var word = caption.Word(index);
        var participle = word.CanBe(WordClass.Participle);
        if (caption.AwaitsNoun(index))
        {
            if ((participle || word.CanBe(WordClass.Adjective)) && caption.NounFollows(index + 1))
            {
                return WordClass.Adjective;
            }

            return word.CanBe(WordClass.Noun) ? WordClass.Noun : WordClass.Past;
        }

        // "there are fallen leaves" and "they are fallen"
        var presents = caption.Is(index - 1, WordClass.Be) && caption.Text(index - 2) is "there" or "these" or "those" or "here";
        if (!presents && caption.Is(index - 1, WordClass.AnyNoun | WordClass.Pronoun | WordClass.Auxiliary | WordClass.Be | WordClass.Relative))
        {
            var joins = word.Has(WordTraits.Joining) && caption.Is(index - 1, WordClass.Noun)
                && !caption.Word(index - 1).Has(WordTraits.Animate) && caption.IsLikelyNoun(index + 1);
            return joins ? WordClass.Noun : OtherThanVerb(caption, index, word);
        }

        // "boiled eggs on toast", "with painted walls"; but "and held hands".
        if ((participle || word.CanBe(WordClass.Adjective)) && caption.NounFollows(index + 1) && !caption.StartsObject(index + 1))
        {
            return WordClass.Adjective;
        }

        return word.CanBe(WordClass.Noun) && caption.Is(index - 1, WordClass.Preposition | WordClass.Of | WordClass.To) ? WordClass.Noun : WordClass.Past;
    }

    // "a cut" and "the left": words that are also nouns or adjectives, where no determiner tells.
    private static WordClass OtherThanVerb(TaggedCaption caption, int index, Word word)
    {
        if (word.CanBe(WordClass.Adjective) && caption.IsLikelyNoun(index + 1) && !caption.Is(index - 1, WordClass.AnyNoun | WordClass.Pronoun))
        {
            return WordClass.Adjective;
        }

        return word.CanBe(WordClass.Noun) && caption.Is(index - 1, WordClass.Noun) && !caption.StartsObject(index + 1) && !word.CanBe(WordClass.Adjective)
            && !caption.Word(index - 1).Has(WordTraits.Animate)
            ? WordClass.Noun
            : WordClass.Past;
    }
}
