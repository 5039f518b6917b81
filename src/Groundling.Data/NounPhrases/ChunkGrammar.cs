using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>Base noun phrases of a tagged caption: [determiner] [numbers, adjectives, participles] nouns, and "a group of girls".</summary>
internal static class ChunkGrammar
{
    /// <summary>All phrases in order, without overlap.</summary>
    public static IEnumerable<Chunk> Chunks(TaggedCaption caption)
    {
        for (var index = 0; index < caption.Count; )
        {
            var (chunk, next) = Phrase(caption, index);
            index = next;
            if (chunk is not { } found)
            {
                continue;
            }

            while (JoinOf(caption, found) is { } joined)
            {
                found = joined;
            }

            index = Math.Max(index, found.End);
            yield return found;
        }
    }

    // The phrase that starts at an index, if one does, and where to go on.
    private static (Chunk? Chunk, int Next) Phrase(TaggedCaption caption, int start)
    {
        var head = -1;
        var possessed = false;
        var index = start;
        for (; index < caption.Count; index++)
        {
            if (caption.Is(index, AnyNoun))
            {
                if (
                    head >= 0
                    && !possessed
                    && (
                        (caption.Is(head, Plural) && !caption.Word(head).Has(WordTraits.PluralModifier)) || IsSubject(caption, start, index)
                    )
                )
                {
                    break;
                }

                head = index;
                possessed = false;
            }
            else if (head >= 0 && caption.Is(index, PossessiveMark))
            {
                possessed = true;
            }
            else if (head >= 0 && !possessed || !PrecedesNoun(caption, index, start))
            {
                break;
            }
        }

        if (head >= 0)
        {
            var end = EndsWithNumber(caption, head, index) ? head + 2 : head + 1;
            return (new Chunk(start, end, head, caption.Is(head, Plural), head), end);
        }

        // "one of the men", "each of the windows": a quantity can stand for the noun before "of".
        if (index > start && caption.Is(index - 1, Quantifier | Number) && caption.Is(index, Of))
        {
            return (new Chunk(start, index, index - 1, false, index - 1), index);
        }

        return (null, Math.Max(index, start + 1));
    }

    // "on the beach people are playing", "in the background trees can be seen": a place in front, and without a comma its subject.
    // "On the kitchen counters are plates" goes on with what is there, so that the counters are the place.
    private static bool IsSubject(TaggedCaption caption, int start, int index)
    {
        var before = start - 1;
        while (caption.Is(before - 1, Preposition | Of))
        {
            before--;
        }

        if (
            !caption.Is(index, Plural)
            || !caption.Is(start, Article | Possessive | Demonstrative)
            || !caption.Is(before, Preposition)
            || !caption.OpensSentence(before)
        )
        {
            return false;
        }

        if (!caption.Is(index + 1, Be))
        {
            return caption.Is(index + 1, Auxiliary);
        }

        var next = index + 2;
        while (caption.Is(next, Adverb))
        {
            next++;
        }

        return caption.Is(next, Gerund | AnyPast)
            || caption.Word(next).CanBe(Gerund | AnyPast)
            || (caption.Is(next, Adjective) && !caption.NounFollows(next));
    }

    private static bool PrecedesNoun(TaggedCaption caption, int index, int start)
    {
        var tag = caption.Tag(index);
        var first = index == start;
        return tag switch
        {
            Adjective => true,
            Number or Quantifier => first || !caption.Is(index - 1, Conjunction) || caption.Is(index + 1, AnyNoun | Adjective),
            Article or Possessive or Demonstrative => first || caption.Text(index - 1) is "all" or "both" or "half" or "such" or "double",
            Adverb => first ? OpensPhrase(caption, index) : caption.NounFollows(index + 1),
            Conjunction or Symbol => !first && Coordinates(caption, index),
            _ => false,
        };
    }

    // "very tall trees", "brightly painted houses"; other adverbs stay outside.
    private static bool OpensPhrase(TaggedCaption caption, int adverb) =>
        caption.Is(adverb + 1, Adjective)
        && (
            caption.Word(adverb).Has(WordTraits.Degree)
            || (caption.Text(adverb).EndsWith("ly", StringComparison.Ordinal) && caption.Word(adverb + 1).CanBe(Participle))
        );

    // "a black and white cat", "red, white and blue balloons", "two or three boats"
    private static bool Coordinates(TaggedCaption caption, int index)
    {
        if (caption.Text(index) is not ("and" or "or" or "," or "but" or "&"))
        {
            return false;
        }

        var next = caption.Text(index) == "," && caption.Is(index + 1, Conjunction) ? index + 2 : index + 1;
        var before = caption.Is(index - 1, Symbol) ? index - 2 : index - 1;
        return (caption.Is(before, Adjective) && caption.Is(next, Adjective) && caption.NounFollows(next))
            || (caption.Is(before, Number) && caption.Is(next, Number) && caption.Text(index) != ",");
    }

    // "Boeing 747", "bus number 42"
    private static bool EndsWithNumber(TaggedCaption caption, int head, int index) =>
        index == head + 1
        && caption.Is(index, Number)
        && caption.Is(head, Noun)
        && !caption.Is(index + 1, AnyNoun | Adjective | Of)
        && (caption.Token(head).Capitalised || caption.Word(head).Has(WordTraits.Numbered));

    // "a group of girls", "a bottle of water", "most of the seats"
    private static Chunk? JoinOf(TaggedCaption caption, Chunk chunk)
    {
        if (chunk.End != chunk.Head + 1 || !caption.Is(chunk.End, Of))
        {
            return null;
        }

        var head = caption.Word(chunk.Head);
        var start = chunk.End + 1;
        var quantity = caption.Is(chunk.Head, Quantifier | Number);
        var determined = caption.Is(start, Article | Possessive | Demonstrative) && !caption.Word(start + 1).Has(WordTraits.Share);
        if (!quantity && !head.Has(WordTraits.Share | WordTraits.Part) && (determined || !head.Has(WordTraits.Group | WordTraits.Measure)))
        {
            return null;
        }

        if (start >= caption.Count || Phrase(caption, start).Chunk is not { } inner)
        {
            return null;
        }

        var one = head.Has(WordTraits.Part | WordTraits.Measure) && !head.Has(WordTraits.Share | WordTraits.Group);
        var several =
            caption.Is(inner.Head, Plural)
            || (head.Has(WordTraits.Group) && !determined && inner.End == start + 1 && caption.Word(inner.Head).Has(WordTraits.Animate));
        var number = caption.Is(chunk.Head, Number) && !one;
        var contained = head.Has(WordTraits.Measure) && !head.Has(WordTraits.Share | WordTraits.Group | WordTraits.Part | WordTraits.Sort);
        return new Chunk(chunk.Start, inner.End, inner.Head, one ? chunk.Plural : number || several, contained ? chunk.Named : inner.Named);
    }
}
