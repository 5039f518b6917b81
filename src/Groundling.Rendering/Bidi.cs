using System.Globalization;
using System.Text;

namespace Groundling.Rendering;

/// <summary>The order in which mixed left-to-right and right-to-left text is set: the implicit rules of Unicode's annex 9.</summary>
internal static class Bidi
{
    private enum Kind : byte
    {
        L,
        R,
        AL,
        EN,
        AN,
        ES,
        ET,
        CS,
        NSM,
        ON,
    }

    /// <summary>True when the first letter reads right to left.</summary>
    public static bool IsRightToLeft(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var kind = KindOf(rune);
            if (kind is Kind.L or Kind.R or Kind.AL)
                return kind != Kind.L;
        }
        return false;
    }

    /// <summary>The embedding level of each UTF-16 unit: even reads left to right, odd right to left.</summary>
    public static byte[] Levels(string text, bool rightToLeft)
    {
        var kinds = new Kind[text.Length];
        int at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            kinds.AsSpan(at, rune.Utf16SequenceLength).Fill(KindOf(rune));
            at += rune.Utf16SequenceLength;
        }
        var side = rightToLeft ? Kind.R : Kind.L;
        ResolveNumbers(kinds, side);
        ResolveNeutrals(kinds, side);

        var levels = new byte[kinds.Length];
        for (int i = 0; i < levels.Length; i++)
            levels[i] = kinds[i] switch
            {
                Kind.L => (byte)(rightToLeft ? 2 : 0),
                Kind.R => 1,
                _ => 2,
            };
        for (int i = levels.Length - 1; i >= 0 && char.IsWhiteSpace(text[i]); i--)
            levels[i] = (byte)(rightToLeft ? 1 : 0);
        return levels;
    }

    /// <summary>Rules W1 to W7: marks, digits and what stands between digits.</summary>
    private static void ResolveNumbers(Kind[] kinds, Kind side)
    {
        var strong = side;
        for (int i = 0; i < kinds.Length; i++)
        {
            if (kinds[i] == Kind.NSM)
                kinds[i] = i > 0 ? kinds[i - 1] : side;
            if (kinds[i] is Kind.L or Kind.R or Kind.AL)
                strong = kinds[i];
            if (kinds[i] == Kind.EN && strong == Kind.AL)
                kinds[i] = Kind.AN;
        }
        for (int i = 1; i + 1 < kinds.Length; i++)
            if (
                kinds[i - 1] == kinds[i + 1]
                && ((kinds[i] is Kind.ES or Kind.CS && kinds[i - 1] == Kind.EN) || (kinds[i] == Kind.CS && kinds[i - 1] == Kind.AN))
            )
                kinds[i] = kinds[i - 1];
        for (int i = 1; i < kinds.Length; i++)
            if (kinds[i] == Kind.ET && kinds[i - 1] == Kind.EN)
                kinds[i] = Kind.EN;
        for (int i = kinds.Length - 2; i >= 0; i--)
            if (kinds[i] == Kind.ET && kinds[i + 1] == Kind.EN)
                kinds[i] = Kind.EN;
        strong = side;
        for (int i = 0; i < kinds.Length; i++)
        {
            if (kinds[i] == Kind.AL)
                kinds[i] = Kind.R;
            if (kinds[i] is Kind.ES or Kind.ET or Kind.CS)
                kinds[i] = Kind.ON;
            if (kinds[i] is Kind.L or Kind.R)
                strong = kinds[i];
            if (kinds[i] == Kind.EN && strong == Kind.L)
                kinds[i] = Kind.L;
        }
    }

    /// <summary>Rules N1 and N2: neutrals join equal neighbours, else the whole text's side. Numbers count as right to left.</summary>
    private static void ResolveNeutrals(Kind[] kinds, Kind side)
    {
        for (int start = 0; start < kinds.Length; )
        {
            if (kinds[start] != Kind.ON)
            {
                start++;
                continue;
            }
            int end = start;
            while (end < kinds.Length && kinds[end] == Kind.ON)
                end++;
            var before = start == 0 ? side : Side(kinds[start - 1]);
            var after = end == kinds.Length ? side : Side(kinds[end]);
            kinds.AsSpan(start, end - start).Fill(before == after ? before : side);
            start = end;
        }

        static Kind Side(Kind kind) => kind == Kind.L ? Kind.L : Kind.R;
    }

    private static Kind KindOf(Rune rune)
    {
        int c = rune.Value;
        switch (c)
        {
            case '+' or '-':
                return Kind.ES;
            case '#' or '$' or '%' or (>= 0xA2 and <= 0xA5) or 0xB0 or 0xB1 or 0x66A or (>= 0x20A0 and <= 0x20CF):
                return Kind.ET;
            case ',' or '.' or ':' or '/' or 0xA0 or 0x60C:
                return Kind.CS;
            case (>= '0' and <= '9') or (>= 0x6F0 and <= 0x6F9):
                return Kind.EN;
            case (>= 0x660 and <= 0x669) or 0x66B or 0x66C:
                return Kind.AN;
            case 0x200E:
                return Kind.L;
            case 0x200F:
                return Kind.R;
        }
        var category = Rune.GetUnicodeCategory(rune);
        if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
            return Kind.NSM;
        if (
            c
            is (>= 0x590 and <= 0x5FF)
                or (>= 0x7C0 and <= 0x85F)
                or (>= 0xFB1D and <= 0xFB4F)
                or (>= 0x10800 and <= 0x10CFF)
                or (>= 0x1E800 and <= 0x1EDFF)
        )
            return Kind.R;
        if (
            c
            is (>= 0x600 and <= 0x7BF)
                or (>= 0x860 and <= 0x8FF)
                or (>= 0xFB50 and <= 0xFDFF)
                or (>= 0xFE70 and <= 0xFEFF)
                or (>= 0x1EE00 and <= 0x1EEFF)
        )
            return Kind.AL;
        return
            category
                is UnicodeCategory.UppercaseLetter
                    or UnicodeCategory.LowercaseLetter
                    or UnicodeCategory.TitlecaseLetter
                    or UnicodeCategory.ModifierLetter
                    or UnicodeCategory.OtherLetter
                    or UnicodeCategory.SpacingCombiningMark
                    or UnicodeCategory.LetterNumber
                    or UnicodeCategory.DecimalDigitNumber
            ? Kind.L
            : Kind.ON;
    }
}
