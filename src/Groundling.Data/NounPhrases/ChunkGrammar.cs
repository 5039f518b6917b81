namespace Groundling.Data.NounPhrases;

/// <summary>Base noun phrases of a tagged caption: [determiner] [numbers, adjectives, participles] nouns, and "a group of girls".</summary>
internal static class ChunkGrammar
{
    /// <summary>All phrases in order, without overlap.</summary>
    public static IEnumerable<Chunk> Chunks(TaggedCaption caption)
    {
        for (var index = 0; index < caption.Count;)
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
            if (caption.Is(index, WordClass.AnyNoun))
            {
                if (head >= 0 && !possessed && caption.Is(head, WordClass.Plural) && !caption.Word(head).Has(WordTraits.PluralModifier))
                {
                    break;
                }

                head = index;
                possessed = false;
            }
            else if (head >= 0 && caption.Is(index, WordClass.PossessiveMark))
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
            return (new Chunk(start, end, head, caption.Is(head, WordClass.Plural)), end);
        }

        // "one of the men", "each of the windows": a quantity can stand for the noun before "of".
        if (index > start && caption.Is(index - 1, WordClass.Quantifier | WordClass.Number) && caption.Is(index, WordClass.Of))
        {
            return (new Chunk(start, index, index - 1, false), index);
        }

        return (null, Math.Max(index, start + 1));
    }

    private static bool PrecedesNoun(TaggedCaption caption, int index, int start)
    {
        var tag = caption.Tag(index);
        var first = index == start;
        return tag switch
        {
            WordClass.Adjective => true,
            WordClass.Number or WordClass.Quantifier => first || !caption.Is(index - 1, WordClass.Conjunction) || caption.Is(index + 1, WordClass.AnyNoun | WordClass.Adjective),
            WordClass.Article or WordClass.Possessive or WordClass.Demonstrative => first || caption.Text(index - 1) is "all" or "both" or "half" or "such" or "many" or "double",
            WordClass.Adverb => first ? caption.Word(index).Has(WordTraits.Degree) && caption.Is(index + 1, WordClass.Adjective) || DescribesParticiple(caption, index)
                : caption.NounFollows(index + 1),
            WordClass.Conjunction or WordClass.Symbol => !first && Coordinates(caption, index),
            _ => false,
        };
    }

    // "brightly painted houses"
    private static bool DescribesParticiple(TaggedCaption caption, int index) =>
        caption.Text(index).EndsWith("ly", StringComparison.Ordinal) && caption.Is(index + 1, WordClass.Adjective) && caption.Word(index + 1).CanBe(WordClass.Participle);

    // "a black and white cat", "red, white and blue balloons", "two or three boats"
    private static bool Coordinates(TaggedCaption caption, int index)
    {
        if (caption.Text(index) is not ("and" or "or" or "," or "but" or "&"))
        {
            return false;
        }

        var next = caption.Text(index) == "," && caption.Is(index + 1, WordClass.Conjunction) ? index + 2 : index + 1;
        var before = caption.Is(index - 1, WordClass.Symbol) ? index - 2 : index - 1;
        return (caption.Is(before, WordClass.Adjective) && caption.Is(next, WordClass.Adjective) && caption.NounFollows(next))
            || (caption.Is(before, WordClass.Number) && caption.Is(next, WordClass.Number) && caption.Text(index) != ",");
    }

    // "Boeing 747", "bus number 42"
    private static bool EndsWithNumber(TaggedCaption caption, int head, int index) =>
        index == head + 1 && caption.Is(index, WordClass.Number) && caption.Is(head, WordClass.Noun) && !caption.Is(index + 1, WordClass.AnyNoun | WordClass.Adjective | WordClass.Of)
        && (caption.Token(head).Capitalised || caption.Text(head) is "number" or "platform" or "gate" or "route" or "bus" or "room" or "flight" or "track" or "page");

    // "a group of girls", "a bottle of water", "most of the seats"
    private static Chunk? JoinOf(TaggedCaption caption, Chunk chunk)
    {
        if (chunk.End != chunk.Head + 1 || !caption.Is(chunk.End, WordClass.Of))
        {
            return null;
        }

        var head = caption.Word(chunk.Head);
        var start = chunk.End + 1;
        var quantity = caption.Is(chunk.Head, WordClass.Quantifier | WordClass.Number);
        var determined = caption.Is(start, WordClass.Article | WordClass.Possessive | WordClass.Demonstrative);
        if (!quantity && !head.Has(WordTraits.Share | WordTraits.Part) && (determined || !head.Has(WordTraits.Group | WordTraits.Measure)))
        {
            return null;
        }

        if (start >= caption.Count || Phrase(caption, start).Chunk is not { } inner)
        {
            return null;
        }

        var one = head.Has(WordTraits.Part | WordTraits.Measure) && !head.Has(WordTraits.Share | WordTraits.Group);
        var several = caption.Is(inner.Head, WordClass.Plural)
            || (head.Has(WordTraits.Group) && !determined && inner.End == start + 1 && caption.Word(inner.Head).Has(WordTraits.Animate));
        var number = caption.Is(chunk.Head, WordClass.Number) && !one;
        return new Chunk(chunk.Start, inner.End, inner.Head, one ? chunk.Plural : number || several);
    }
}
