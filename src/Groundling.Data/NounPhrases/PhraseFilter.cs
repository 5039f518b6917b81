using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>Tells the phrases that name something to see from those that name the picture, a place in it, a time or a measure.</summary>
internal static class PhraseFilter
{
    public static bool NamesSomething(TaggedCaption caption, Chunk chunk)
    {
        var head = caption.Word(chunk.Head);
        return caption.Is(chunk.Head, AnyNoun)
            && !(head.Has(WordTraits.Picture) && IsThePicture(caption, chunk))
            && !(head.Has(WordTraits.Place) && IsPlace(caption, chunk))
            && !head.Has(WordTraits.Time)
            && !(head.Has(WordTraits.Unit) && IsMeasure(caption, chunk))
            && !(head.Has(WordTraits.Quality) && (IsBare(caption, chunk) || caption.Text(chunk.Start - 1) is "in" or "of"))
            && !(head.Has(WordTraits.Hue) && IsBare(caption, chunk));
    }

    // "in this image", "A photo of a cat"; but "a picture hangs on the wall", "two framed pictures".
    private static bool IsThePicture(TaggedCaption caption, Chunk chunk)
    {
        if (chunk.Plural || caption.Is(chunk.Start, Possessive | Number))
        {
            return false;
        }

        var next = caption.Text(chunk.End);
        if (next is "on" or "above" || next.StartsWith("hang", StringComparison.Ordinal))
        {
            return false;
        }

        return caption.Text(chunk.Start) is "this" or "the" or "that"
            || caption.OpensSentence(chunk.Start)
            || caption.Is(chunk.Start - 1, Be)
            || IsInTitle(caption, chunk);
    }

    // "Close up photo of", "here in picture": no determiner.
    private static bool IsInTitle(TaggedCaption caption, Chunk chunk) =>
        !caption.Is(chunk.Start, Article) && caption.Text(chunk.End) is "of" or "showing";

    // "on the left side"; but "the top shelf", "a red top", "its back".
    private static bool IsPlace(TaggedCaption caption, Chunk chunk)
    {
        var text = caption.Text(chunk.Head);
        if (text is "background" or "foreground" or "midground" or "backdrop" or "surroundings" or "surrounding")
        {
            return true;
        }

        if (caption.Is(chunk.Start, Possessive) && text is "back" or "top" or "bottom")
        {
            return false;
        }

        if (text is "top" && caption.Text(chunk.Start) is "a" or "an")
        {
            return false;
        }

        for (var index = chunk.Start; index < chunk.Head; index++)
        {
            var plain =
                caption.Is(index, Determiner)
                || caption.Word(index).Has(WordTraits.Place)
                || caption.Text(index)
                    is "far"
                        or "near"
                        or "other"
                        or "same"
                        or "opposite"
                        or "very"
                        or "extreme"
                        or "upper"
                        or "lower"
                        or "hand";
            if (!plain)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsMeasure(TaggedCaption caption, Chunk chunk) =>
        caption.Is(chunk.Start, Number | Quantifier) && chunk.Head <= chunk.Start + 2 && caption.Is(chunk.Head - 1, Number | Quantifier);

    private static bool IsBare(TaggedCaption caption, Chunk chunk)
    {
        for (var index = chunk.Start; index < chunk.Head; index++)
        {
            if (!caption.Word(index).Has(WordTraits.Hue | WordTraits.Degree) && !caption.Is(index, Determiner | Conjunction | Symbol))
            {
                return false;
            }
        }

        return !chunk.Plural;
    }
}
