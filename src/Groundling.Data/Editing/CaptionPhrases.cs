using Groundling.Core;

namespace Groundling.Data.Editing;

/// <summary>A caption's phrases, to begin with.</summary>
public static class CaptionPhrases
{
    /// <summary>Reads a caption: its phrases stand in [brackets], else its noun phrases are taken; there may be none.</summary>
    /// <param name="text">The caption. Of phrases in one another the outer one is taken, as the benchmark knows no others.</param>
    /// <returns>The caption without brackets, with its phrases, which stand for nothing yet.</returns>
    /// <exception cref="InputException">The caption is empty or too long, or its brackets are unbalanced or empty.</exception>
    public static EditedNarrative Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var read = Read(PlainText.InOneLine(text));
        int lead = read.Text.Length - read.Text.TrimStart().Length;
        var told = new EditedNarrative("", []).With(read.Text, null);
        int taken = 0;
        foreach (var phrase in read.Phrases.OrderBy(phrase => phrase.Start).ThenByDescending(phrase => phrase.Length))
        {
            if (phrase.Start < taken)
                continue;
            taken = phrase.End;
            told = told.Add(phrase.Start - lead, phrase.End - lead, [], phrase.Plural ?? false);
        }
        return told;
    }

    private static Caption Read(string text) =>
        text.AsSpan().ContainsAny('[', ']')
            ? Caption.ParseBrackets(text)
            : new(
                text,
                [
                    .. NounPhraseChunker
                        .English.Chunk(text)
                        .Select(phrase => new PhraseSpan(phrase.Start, phrase.Length, phrase.Text) { Plural = phrase.Plural }),
                ]
            );
}
