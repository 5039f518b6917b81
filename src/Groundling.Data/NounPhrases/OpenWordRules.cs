using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>Nouns, verbs and adjectives that look alike: "the park" and "they park", "a light" and "a light coat".</summary>
internal static class OpenWordRules
{
    public static WordClass Decide(TaggedCaption caption, int index)
    {
        var word = caption.Word(index);
        if (word.CanBe(Adjective) && IsAdjective(caption, index, word))
        {
            return Adjective;
        }

        if (!word.CanBe(AnyNoun))
        {
            return word.CanBe(AnyVerb) ? word.Classes & AnyVerb : Noun;
        }

        // "a 5 year old boy": a singular unit belongs to the adjective.
        if (
            word.Has(WordTraits.Unit)
            && caption.Is(index - 1, Number)
            && word.CanBe(Noun)
            && caption.Word(index + 1).CanBe(Adjective)
            && caption.NounFollows(index + 1)
        )
        {
            return Adjective;
        }

        if (IsVerb(caption, index, word))
        {
            return word.CanBe(VerbS | Plural) && !word.CanBe(Verb) ? VerbS : Verb;
        }

        return IsSeveral(caption, index, word) ? Plural : Noun;
    }

    private static bool IsAdjective(TaggedCaption caption, int index, Word word)
    {
        // "in the middle and white snow", but "the left and right sides".
        if (
            word.Has(WordTraits.Place)
            && caption.Is(index - 1, Article)
            && caption.Text(index + 1) is ("and" or ",")
            && !caption.Word(index + 2).Has(WordTraits.Place)
        )
        {
            return false;
        }

        var verb = word.CanBe(AnyVerb);
        if (verb && !caption.AwaitsNoun(index) && (caption.StartsObject(index + 1) || caption.Is(index - 1, To | Auxiliary)))
        {
            return false;
        }

        if (!word.CanBe(AnyNoun))
        {
            // "the wounded", "a mobile": an article with nothing else to belong to makes a noun.
            return verb || !caption.Is(index - 1, Article) || caption.NounFollows(index + 1) || caption.Text(index + 1) is "," or "and";
        }

        // After a noun, "wood" and "glass" continue the compound, and only a colour starts anew.
        if (caption.NounFollows(index + 1) && !IsLikelyVerbS(caption.Word(index + 1)))
        {
            return !caption.Is(index - 1, AnyNoun) || (word.Has(WordTraits.Hue) && !verb);
        }

        // "red and white cones", and "orange and white cones" too.
        var next = caption.Word(index + 2);
        var coloured = word.Has(WordTraits.Hue) ? next.CanBe(Adjective) : next.Has(WordTraits.Hue) && !word.Has(WordTraits.Mass);
        return caption.Is(index - 1, Be) || (coloured && caption.Text(index + 1) is ("and" or ",") && caption.NounFollows(index + 2));
    }

    private static bool IsLikelyVerbS(Word word) => word.CanBe(VerbS) && word.Has(WordTraits.LeansVerb);

    private static bool IsVerb(TaggedCaption caption, int index, Word word)
    {
        // "after a battle casualties are": whatever stands before "are" is what they are.
        if (word.CanBe(Plural) && caption.Text(index + 1) is "are" or "were")
        {
            return false;
        }

        // "a dog herds": after "a" the noun is one, so that a form in -s is its verb.
        var takesObject = caption.StartsObject(index + 1);
        if (word.CanBe(Plural) && !word.CanBe(Noun | Verb) && FollowsOne(caption, index))
        {
            return word.CanBe(VerbS) || takesObject;
        }

        if (!word.CanBe(AnyVerb))
        {
            return false;
        }

        if (caption.AwaitsNoun(index))
        {
            return IsNumberedVerb(caption, index, word);
        }

        var before = caption.Text(index - 1) is "\"" or "”" or "'" ? index - 2 : index - 1;
        var leans = word.Has(WordTraits.LeansVerb);
        return caption.Tag(before) switch
        {
            Auxiliary => word.CanBe(Verb) && caption.Text(before) is not ("have" or "has" or "had" or "having"),
            Relative => caption.Text(before) is not "whose",
            To => word.CanBe(Verb) && (leans || takesObject),
            Pronoun => PronounTakes(caption.Text(before), word),
            Noun => AfterNoun(caption, index, word, leans, takesObject),
            Plural => takesObject || leans || AfterPlural(caption, index, word),
            Adverb => leans || takesObject,
            Conjunction or Symbol => takesObject || AfterConjunction(caption, index, word, before),
            _ => false,
        };
    }

    // "two stand": a number wants a plural.
    private static bool IsNumberedVerb(TaggedCaption caption, int index, Word word) =>
        word.CanBe(Verb)
        && caption.Is(index - 1, Number)
        && caption.Text(index - 1) is not "one"
        && !Ordinals.Contains(caption.Text(index - 1))
        && !caption.NounFollows(index + 1);

    // "the cyclists board", "boats dock at"
    private static bool AfterPlural(TaggedCaption caption, int index, Word word) =>
        word.CanBe(Verb)
        && !caption.NounFollows(index + 1)
        && (caption.Word(index - 1).Has(WordTraits.Animate) || caption.Word(index + 1).CanBe(Preposition));

    // "run, jump and play", "and walks down"
    private static bool AfterConjunction(TaggedCaption caption, int index, Word word, int before)
    {
        var leans = word.Has(WordTraits.LeansVerb);
        var conjunction = caption.Is(before, Conjunction);
        return caption.Is(before - 1, AnyVerb | AnyPast)
            ? leans || (conjunction && caption.Is(before - 1, word.Classes & AnyVerb))
            : leans && conjunction && caption.Word(index + 1).CanBe(Preposition | Adverb | To);
    }

    // "the boy rides", "a man and a dog walk", but "the traffic lights", "a play area".
    private static bool AfterNoun(TaggedCaption caption, int index, Word word, bool leans, bool takesObject)
    {
        if (word.CanBe(VerbS))
        {
            return takesObject || caption.Word(index - 1).Has(WordTraits.Animate) || (leans && !StartsVerb(caption, index + 1));
        }

        // "above the sea fly four gulls"
        return takesObject
            || (leans && (caption.Is(caption.PhraseStart(index) - 1, Conjunction) || caption.Word(index + 1).CanBe(Number | Quantifier)));
    }

    private static bool StartsVerb(TaggedCaption caption, int index)
    {
        var next = caption.Word(index);
        return next.CanBe(Be | Auxiliary | Gerund)
            || (next.CanBe(AnyVerb) && (next.Has(WordTraits.LeansVerb) || !next.CanBe(AnyNoun | Adverb)));
    }

    private static bool FollowsOne(TaggedCaption caption, int index) =>
        caption.Is(index - 1, Noun) && caption.Word(caption.DeterminerBefore(index)).Has(WordTraits.SingularDeterminer);

    private static bool PronounTakes(string pronoun, Word word) =>
        pronoun switch
        {
            "he" or "she" or "it" or "who" or "one" or "this" or "that" => word.CanBe(VerbS),
            "i" or "you" or "we" or "they" => word.CanBe(Verb),
            "me" or "him" or "us" or "them" or "there" or "here" => false,
            _ => true,
        };

    private static bool IsSeveral(TaggedCaption caption, int index, Word word)
    {
        if (!word.CanBe(Noun))
        {
            return true;
        }

        // "sheep": one after "a", several otherwise.
        var determiner = caption.DeterminerBefore(index);
        return word.CanBe(Plural)
            && !caption.Word(determiner).Has(WordTraits.SingularDeterminer)
            && caption.Text(index + 1) is not ("is" or "was" or "has")
            && (
                determiner < 0
                || caption.Is(determiner, Number | Quantifier)
                || caption.Text(index + 1) is "are" or "were" or "have"
                || IsBaseVerb(caption.Word(index + 1))
            );
    }

    private static bool IsBaseVerb(Word word) => word.CanBe(Verb) && (word.Has(WordTraits.LeansVerb) || !word.CanBe(AnyNoun));
}
