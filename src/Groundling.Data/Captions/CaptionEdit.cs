namespace Groundling.Data;

/// <summary>Captions with another word in them.</summary>
public static class CaptionEdit
{
    /// <summary>The caption with another word in some place, and the article that it asks for; phrases stay on what they held.</summary>
    /// <param name="caption">The caption.</param>
    /// <param name="start">Where the old word begins, in UTF-16 units.</param>
    /// <param name="length">Its length.</param>
    /// <param name="word">The new one, of letters.</param>
    public static Caption Replace(Caption caption, int start, int length, string word)
    {
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentException.ThrowIfNullOrEmpty(word);
        var (before, after) = (caption.Text[..start], caption.Text[(start + length)..]);
        foreach (var article in (string[])["an ", "a "])
            if (
                before.EndsWith(article, StringComparison.OrdinalIgnoreCase)
                && (before.Length == article.Length || !char.IsLetterOrDigit(before[^(article.Length + 1)]))
            )
            {
                before = before[..^(article.Length - 1)] + ("aeiou".Contains(word[0], StringComparison.OrdinalIgnoreCase) ? "n " : " ");
                break;
            }
        var text = before + word + after;
        var (oldEnd, newEnd) = (start + length, before.Length + word.Length);
        return new(
            text,
            [
                .. caption.Phrases.Select(phrase =>
                {
                    var (from, to) = (Moved(phrase.Start), Moved(phrase.End));
                    return phrase with { Start = from, Length = to - from, Text = text[from..to] };
                }),
            ]
        );

        // a place in the old word goes to the new one's end, so only a phrase that cuts the word loses a part of it
        int Moved(int place) =>
            place >= oldEnd ? place + newEnd - oldEnd
            : place > start ? newEnd
            : place == start ? before.Length
            : Math.Min(place, before.Length);
    }
}
