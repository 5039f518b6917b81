using System.Text;

namespace Groundling.Diffusion;

/// <summary>
/// CLIP's pieces of a text, within which tokens are merged: contractions, runs of letters, single digits, runs of other signs.
/// </summary>
/// <remarks>
/// The reference's regular expression, <c>'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+</c>, by whole code points: .NET's own
/// expressions know the classes of UTF-16 units alone, and half a pair is no letter.
/// </remarks>
internal static class ClipPieces
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Blank,
        Letter,
        Digit,
        Sign,
    }

    /// <summary>The pieces in their order.</summary>
    /// <param name="text">Lower case.</param>
    /// <param name="whole">
    /// How long the token is that begins at a place and is never parted, such as the end of text; 0 where there is none.
    /// </param>
    public static IEnumerable<(int Start, int Length, bool Whole)> Of(string text, Func<int, int> whole)
    {
        for (var at = 0; at < text.Length; )
        {
            var (kind, width) = At(text, at);
            var length = whole(at);
            var isWhole = length > 0;
            if (!isWhole)
                length = Contractions.FirstOrDefault(ending => string.CompareOrdinal(text, at, ending, 0, ending.Length) == 0)?.Length ?? 0;
            if (length == 0)
            {
                length = width;
                while (
                    kind is Kind.Letter or Kind.Sign
                    && at + length < text.Length
                    && whole(at + length) == 0
                    && At(text, at + length) is var next
                    && next.Kind == kind
                )
                    length += next.Width;
            }
            if (isWhole || kind != Kind.Blank)
                yield return (at, length, isWhole);
            at += length;
        }
    }

    private static (Kind Kind, int Width) At(string text, int at)
    {
        if (!Rune.TryGetRuneAt(text, at, out var rune))
            return (Kind.Sign, 1); // half a pair
        var kind =
            Rune.IsLetter(rune) ? Kind.Letter
            : Rune.IsNumber(rune) ? Kind.Digit
            : Rune.IsWhiteSpace(rune) ? Kind.Blank
            : Kind.Sign;
        return (kind, rune.Utf16SequenceLength);
    }
}
