using System.Text.RegularExpressions;
using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>A caption with its phrases, as they stand.</summary>
/// <param name="Caption">The text; empty where nobody has written it yet.</param>
/// <param name="Phrases">In the caption's order, without overlap.</param>
public sealed partial record EditedNarrative(string Caption, IReadOnlyList<EditedPhrase> Phrases)
{
    /// <summary>The longest caption, in UTF-16 units.</summary>
    public const int MostCharacters = 10_000;

    /// <summary>The phrase of some words; null where no phrase is exactly these.</summary>
    /// <param name="text">The words as the caption writes them.</param>
    public EditedPhrase? Find(string text) => Phrases.FirstOrDefault(phrase => Caption[phrase.Start..phrase.End] == text);

    /// <summary>As the benchmark tells it, without the words that are in no phrase.</summary>
    internal static EditedNarrative From(Narrative narrative, IReadOnlySet<int> known)
    {
        var placed = narrative.ToCaption();
        var phrases = new List<EditedPhrase>();
        foreach (var (i, span) in placed.Caption.Phrases.Index())
        {
            var source = placed.Sources[i];
            if (phrases.Count == 0 || span.Start >= phrases[^1].End)
                phrases.Add(new(span.Start, span.End, [.. source.SegmentIds.Where(known.Contains)], source.Plural));
        }
        return new(narrative.Caption, phrases);
    }

    /// <summary>Whether a text can be written as UTF-8.</summary>
    internal static bool IsUnicode(string text) => !HalfPair().IsMatch(text);

    /// <summary>The utterances that tile the caption: phrases, and the words between them.</summary>
    /// <param name="kept">The segments that have pixels; a phrase without any is a noun that was left ungrounded.</param>
    internal IEnumerable<NarrativeSegment> Tiles(IReadOnlySet<int> kept)
    {
        int at = 0;
        foreach (var phrase in Phrases)
        {
            if (Words(at, phrase.Start) is { } between)
                yield return between;
            yield return new(Caption[phrase.Start..phrase.End], [.. phrase.Segments.Where(kept.Contains)], phrase.IsPlural, Noun: true);
            at = phrase.End;
        }
        if (Words(at, Caption.Length) is { } rest)
            yield return rest;

        NarrativeSegment? Words(int start, int end) =>
            Caption[start..end].Trim() is { Length: > 0 } words ? new(words, [], Plural: false, Noun: false) : null;
    }

    /// <summary>The same with another text.</summary>
    /// <exception cref="InputException">The text is empty, too long, or no Unicode; a given phrase cannot be one.</exception>
    internal EditedNarrative With(string text, IReadOnlyList<IReadOnlyList<int>>? phrases)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = PlainText.InOneLine(text).Trim();
        if (text.Length == 0)
            throw new InputException("the caption is empty; write what the picture shows");
        if (text.Length > MostCharacters)
            throw new InputException($"the caption has {text.Length} characters; {MostCharacters} are allowed: shorten it");
        if (!IsUnicode(text))
            throw new InputException("the caption holds half of a surrogate pair; send it as Unicode");
        if (phrases is null)
            return new(text, [.. Moved(text)]);
        var made = new EditedNarrative(text, []);
        foreach (var ends in phrases)
            made = ends is [var start, var end]
                ? made.Add(start, end, [])
                : throw new InputException("a phrase of the caption is not a list of two numbers, where it begins and ends");
        return made;
    }

    /// <exception cref="InputException">These words cannot be a phrase.</exception>
    internal EditedNarrative Add(int start, int end, IReadOnlyList<int> segments, bool? isPlural = null) =>
        Add(new(start, end, segments, isPlural ?? segments.Count > 1));

    /// <exception cref="InputException">There is no such phrase, or these words cannot be one.</exception>
    internal EditedNarrative Move(int phrase, int start, int end)
    {
        var moved = Require(phrase);
        return (this with { Phrases = [.. Phrases.Where(other => other != moved)] }).Add(moved with { Start = start, End = end });
    }

    /// <exception cref="InputException">There is no such phrase.</exception>
    internal EditedNarrative Remove(int phrase)
    {
        var removed = Require(phrase);
        return this with { Phrases = [.. Phrases.Where(other => other != removed)] };
    }

    /// <exception cref="InputException">There is no such phrase.</exception>
    internal EditedNarrative Assign(int phrase, IReadOnlyList<int> segments)
    {
        var changed = Require(phrase);
        return this with
        {
            Phrases =
            [
                .. Phrases.Select(other =>
                    other == changed ? other with { Segments = [.. segments], IsPlural = segments.Count > 1 } : other
                ),
            ],
        };
    }

    /// <summary>The same without a segment.</summary>
    internal EditedNarrative Without(int segment) =>
        this with
        {
            Phrases =
            [
                .. Phrases.Select(phrase =>
                    phrase.Segments.Contains(segment) ? phrase with { Segments = [.. phrase.Segments.Where(id => id != segment)] } : phrase
                ),
            ],
        };

    private EditedNarrative Add(EditedPhrase phrase)
    {
        var (start, end) = (phrase.Start, phrase.End);
        if (start < 0 || end > Caption.Length || start >= end)
            throw new InputException($"a phrase from {start} to {end} is not within the caption, which has {Caption.Length} characters");
        while (start < end && char.IsWhiteSpace(Caption[start]))
            start++;
        while (start < end && char.IsWhiteSpace(Caption[end - 1]))
            end--;
        if (start == end)
            throw new InputException($"a phrase from {phrase.Start} to {phrase.End} is blank; take in a word");
        if (Cuts(start) || Cuts(end))
            throw new InputException($"a phrase from {start} to {end} cuts a character in two; move its end");
        if (Phrases.FirstOrDefault(other => start < other.End && other.Start < end) is { } taken)
            throw new InputException(
                $"\"{Caption[start..end]}\" overlaps the phrase \"{Caption[taken.Start..taken.End]}\"; shorten one of them"
            );
        return this with { Phrases = [.. Phrases.Append(phrase with { Start = start, End = end }).OrderBy(other => other.Start)] };
    }

    private bool Cuts(int at) => at > 0 && at < Caption.Length && char.IsSurrogatePair(Caption[at - 1], Caption[at]);

    private EditedPhrase Require(int start) =>
        Phrases.FirstOrDefault(phrase => phrase.Start == start)
        ?? throw new InputException($"no phrase of the caption begins at {start}; it may have been moved meanwhile");

    /// <summary>Phrases before and behind what changed keep their words; one around it takes it in; others go.</summary>
    private IEnumerable<EditedPhrase> Moved(string text)
    {
        int least = Math.Min(text.Length, Caption.Length),
            same = 0,
            sameEnd = 0;
        while (same < least && text[same] == Caption[same])
            same++;
        while (sameEnd < least - same && text[^(sameEnd + 1)] == Caption[^(sameEnd + 1)])
            sameEnd++;
        int changedEnd = Caption.Length - sameEnd,
            by = text.Length - Caption.Length;
        foreach (var phrase in Phrases)
            if (phrase.End <= same)
                yield return phrase;
            else if (phrase.Start >= changedEnd)
                yield return phrase with
                {
                    Start = phrase.Start + by,
                    End = phrase.End + by,
                };
            else if (phrase.Start <= same && phrase.End >= changedEnd && !string.IsNullOrWhiteSpace(text[phrase.Start..(phrase.End + by)]))
                yield return Trimmed(phrase with { End = phrase.End + by }, text);
    }

    private static EditedPhrase Trimmed(EditedPhrase phrase, string text)
    {
        var words = text[phrase.Start..phrase.End];
        var start = phrase.Start + words.Length - words.TrimStart().Length;
        return phrase with { Start = start, End = start + words.Trim().Length };
    }

    [GeneratedRegex(@"[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]")]
    private static partial Regex HalfPair();
}
