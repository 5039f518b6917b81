namespace Groundling.Data.NounPhrases;

/// <summary>Nouns, verbs and adjectives that look alike: "the park" and "they park", "a light" and "a light coat".</summary>
internal static class OpenWordRules
{
    public static WordClass Decide(TaggedCaption caption, int index)
    {
        var word = caption.Word(index);
        if (word.CanBe(WordClass.Adjective) && IsAdjective(caption, index, word))
        {
            return WordClass.Adjective;
        }

        if (!word.CanBe(WordClass.AnyNoun))
        {
            return word.CanBe(WordClass.AnyVerb) ? word.Classes & WordClass.AnyVerb : WordClass.Noun;
        }

        // "a 5 year old boy": a singular unit belongs to the adjective.
        if (word.Has(WordTraits.Unit) && caption.Is(index - 1, WordClass.Number) && word.CanBe(WordClass.Noun)
            && caption.Word(index + 1).CanBe(WordClass.Adjective) && caption.NounFollows(index + 1))
        {
            return WordClass.Adjective;
        }

        if (IsVerb(caption, index, word))
        {
            return word.CanBe(WordClass.VerbS | WordClass.Plural) && !word.CanBe(WordClass.Verb) ? WordClass.VerbS : WordClass.Verb;
        }

        return IsSeveral(caption, index, word) ? WordClass.Plural : WordClass.Noun;
    }

    private static bool IsAdjective(TaggedCaption caption, int index, Word word)
    {
        var verb = word.CanBe(WordClass.AnyVerb);
        if (verb && !caption.AwaitsNoun(index) && (caption.StartsObject(index + 1) || caption.Is(index - 1, WordClass.To | WordClass.Auxiliary)))
        {
            return false;
        }

        if (!word.CanBe(WordClass.AnyNoun))
        {
            // "the wounded", "a mobile": an article with nothing else to belong to makes a noun.
            return verb || !caption.Is(index - 1, WordClass.Article) || caption.NounFollows(index + 1) || caption.Text(index + 1) is "," or "and";
        }

        // A noun before a noun serves as well; a colour must not end the phrase, a material must not start a new one.
        var afterNoun = caption.Is(index - 1, WordClass.AnyNoun);
        return caption.NounFollows(index + 1) && !IsLikelyVerbS(caption.Word(index + 1))
            ? !verb || !afterNoun ? !afterNoun || word.Has(WordTraits.Hue) : caption.AwaitsNoun(index)
            : caption.Is(index - 1, WordClass.Be) || (caption.Text(index + 1) is "and" && word.Has(WordTraits.Hue) && caption.NounFollows(index + 2));
    }

    private static bool IsLikelyVerbS(Word word) => word.CanBe(WordClass.VerbS) && word.Has(WordTraits.LeansVerb);

    private static bool IsVerb(TaggedCaption caption, int index, Word word)
    {
        var before = caption.Text(index - 1) is "\"" or "”" or "'" ? index - 2 : index - 1;
        // "a dog herds": after "a" the noun is one, so that a form in -s is its verb.
        if (word.CanBe(WordClass.Plural) && !word.CanBe(WordClass.Noun | WordClass.Verb) && FollowsOne(caption, index))
        {
            return word.CanBe(WordClass.VerbS) || caption.StartsObject(index + 1);
        }

        if (!word.CanBe(WordClass.AnyVerb))
        {
            return false;
        }

        if (caption.AwaitsNoun(index))
        {
            // "two stand": a number wants a plural.
            return word.CanBe(WordClass.Verb) && caption.Is(before, WordClass.Number) && caption.Text(before) is not ("one" or "first" or "second" or "third")
                && !caption.NounFollows(index + 1);
        }

        var leans = word.Has(WordTraits.LeansVerb);
        var takesObject = caption.StartsObject(index + 1);
        return caption.Tag(before) switch
        {
            WordClass.Auxiliary => word.CanBe(WordClass.Verb) && caption.Text(before) is not ("have" or "has" or "had" or "having"),
            WordClass.Relative => caption.Text(before) is not "whose",
            WordClass.To => word.CanBe(WordClass.Verb) && (leans || takesObject),
            WordClass.Pronoun => PronounTakes(caption.Text(before), word),
            WordClass.Be or WordClass.Preposition or WordClass.Of or WordClass.Gerund or WordClass.AnyVerb or WordClass.Verb or WordClass.VerbS
                or WordClass.Past or WordClass.Subordinator => false,
            WordClass.Noun => AfterNoun(caption, index, word, leans, takesObject),
            WordClass.Plural => takesObject || leans || (word.CanBe(WordClass.Verb) && !caption.NounFollows(index + 1)
                && (caption.Word(before).Has(WordTraits.Animate) || caption.Word(index + 1).CanBe(WordClass.Preposition))),
            WordClass.Adverb => leans || takesObject,
            // "run, jump and play"
            WordClass.Conjunction or WordClass.Symbol when caption.Is(before - 1, WordClass.AnyVerb | WordClass.AnyPast) => leans || takesObject,
            _ => takesObject || (leans && caption.Is(before, WordClass.Conjunction) && caption.Word(index + 1).CanBe(WordClass.Preposition | WordClass.Adverb | WordClass.To)),
        };
    }

    // "the boy rides", "a man and a dog walk", but "the traffic lights", "a play area".
    private static bool AfterNoun(TaggedCaption caption, int index, Word word, bool leans, bool takesObject)
    {
        if (word.CanBe(WordClass.VerbS))
        {
            return takesObject || caption.Word(index - 1).Has(WordTraits.Animate) || (leans && !StartsVerb(caption, index + 1));
        }

        return takesObject || (leans && caption.Is(caption.PhraseStart(index) - 1, WordClass.Conjunction));
    }

    private static bool StartsVerb(TaggedCaption caption, int index)
    {
        var next = caption.Word(index);
        return next.CanBe(WordClass.Be | WordClass.Auxiliary | WordClass.Gerund) || (next.CanBe(WordClass.AnyVerb) && (next.Has(WordTraits.LeansVerb) || !next.CanBe(WordClass.AnyNoun | WordClass.Adverb)));
    }

    private static bool FollowsOne(TaggedCaption caption, int index) =>
        caption.Is(index - 1, WordClass.Noun) && caption.Word(caption.DeterminerBefore(index)).Has(WordTraits.SingularDeterminer);

    private static bool PronounTakes(string pronoun, Word word) => pronoun switch
    {
        "he" or "she" or "it" or "who" or "one" or "this" or "that" => word.CanBe(WordClass.VerbS),
        "i" or "you" or "we" or "they" => word.CanBe(WordClass.Verb),
        "me" or "him" or "us" or "them" or "there" or "here" => false,
        _ => true,
    };

    private static bool IsSeveral(TaggedCaption caption, int index, Word word)
    {
        if (!word.CanBe(WordClass.Noun))
        {
            return true;
        }

        // "sheep": one after "a", several otherwise.
        var determiner = caption.DeterminerBefore(index);
        return word.CanBe(WordClass.Plural)
            && !caption.Word(determiner).Has(WordTraits.SingularDeterminer)
            && caption.Text(index + 1) is not ("is" or "was" or "has")
            && (determiner < 0 || caption.Is(determiner, WordClass.Number | WordClass.Quantifier)
                || caption.Text(index + 1) is "are" or "were" or "have" || IsBaseVerb(caption.Word(index + 1)));
    }

    private static bool IsBaseVerb(Word word) => word.CanBe(WordClass.Verb) && (word.Has(WordTraits.LeansVerb) || !word.CanBe(WordClass.AnyNoun));
}
