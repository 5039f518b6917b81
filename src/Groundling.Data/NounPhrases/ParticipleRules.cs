using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>-ing and past forms: "a sitting dog" and "a parked car", but "a dog sitting" and "a car parked".</summary>
internal static class ParticipleRules
{
    public static WordClass DecideIng(TaggedCaption caption, int index)
    {
        var word = caption.Word(index);
        var noun = word.CanBe(Noun);
        if (caption.IsCompound(index) || caption.IsCompound(index - 1))
        {
            return Noun;
        }

        // "two holding bats", "some painting": after a number alone it is a verb.
        if (caption.Is(index - 1, Number | Quantifier) && (word.Has(WordTraits.Transitive) || !caption.NounFollows(index + 1)) && !noun)
        {
            return Gerund;
        }

        if (caption.AwaitsNoun(index))
        {
            return noun && !word.CanBe(Adjective) ? Noun
                : caption.NounFollows(index + 1) ? Adjective
                : noun || caption.Is(index - 1, Article | Possessive) ? Noun
                : Gerund;
        }

        if (word.CanBe(Adjective) && caption.NounFollows(index + 1) && !caption.Is(index - 1, Be))
        {
            return Adjective;
        }

        if (noun)
        {
            var verb =
                caption.StartsObject(index + 1) || caption.Is(index - 1, Be | Plural) || caption.Word(index - 1).Has(WordTraits.Animate);
            return verb && word.CanBe(Gerund) ? Gerund : Noun;
        }

        // "with flapping wings", "against rolling hills".
        var describes =
            caption.Text(index - 1) is "with" or "under" or "on" or "behind" or "over" or "near" or "against" or "among" or "above";
        return describes && caption.IsLikelyNoun(index + 1) ? Adjective : Gerund;
    }

    public static WordClass DecidePast(TaggedCaption caption, int index)
    {
        var word = caption.Word(index);
        var participle = word.CanBe(Participle);
        if (caption.AwaitsNoun(index))
        {
            if ((participle || word.CanBe(Adjective)) && caption.NounFollows(index + 1))
            {
                return Adjective;
            }

            return word.CanBe(Noun) ? Noun : Past;
        }

        // "there are fallen leaves" and "they are fallen"
        var presents = caption.Is(index - 1, Be) && caption.Text(index - 2) is "there" or "these" or "those" or "here";
        if (!presents && caption.Is(index - 1, AnyNoun | Pronoun | Auxiliary | Be | Relative))
        {
            var joins =
                word.Has(WordTraits.Joining)
                && caption.Is(index - 1, Noun)
                && !caption.Word(index - 1).Has(WordTraits.Animate)
                && caption.IsLikelyNoun(index + 1);
            return joins ? Noun : OtherThanVerb(caption, index, word);
        }

        // "boiled eggs on toast", "with painted walls"; but "and held hands".
        if ((participle || word.CanBe(Adjective)) && caption.NounFollows(index + 1) && !caption.StartsObject(index + 1))
        {
            return Adjective;
        }

        return word.CanBe(Noun) && caption.Is(index - 1, Preposition | Of | To) ? Noun : Past;
    }

    // "a cut" and "the left": words that are also nouns or adjectives, where no determiner tells.
    private static WordClass OtherThanVerb(TaggedCaption caption, int index, Word word)
    {
        if (word.CanBe(Adjective) && caption.IsLikelyNoun(index + 1) && !caption.Is(index - 1, AnyNoun | Pronoun))
        {
            return Adjective;
        }

        return
            word.CanBe(Noun)
            && caption.Is(index - 1, Noun)
            && !caption.StartsObject(index + 1)
            && !word.CanBe(Adjective)
            && !caption.Word(index - 1).Has(WordTraits.Animate)
            ? Noun
            : Past;
    }
}
