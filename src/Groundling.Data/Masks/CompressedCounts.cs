using System.Buffers;

namespace Groundling.Data;

/// <summary>
/// COCO's text for run lengths: from the fourth on, the difference to the count two before; five bits a character, low bits first.
/// </summary>
internal static class CompressedCounts
{
    private const int Offset = '0',
        More = 0x20,
        Sign = 0x10,
        Digit = 0x1F;

    public static string Format(ReadOnlySpan<uint> counts)
    {
        var text = ArrayPool<char>.Shared.Rent(counts.Length * 7 + 1); // 33 bits at most: 7 characters
        int length = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            long value = i > 2 ? (long)counts[i] - counts[i - 2] : counts[i];
            bool more;
            do
            {
                int digit = (int)(value & Digit);
                value >>= 5;
                more = (digit & Sign) != 0 ? value != -1 : value != 0;
                text[length++] = (char)(digit + (more ? More : 0) + Offset);
            } while (more);
        }
        var result = new string(text, 0, length);
        ArrayPool<char>.Shared.Return(text);
        return result;
    }

    public static uint[] Parse(string text)
    {
        var counts = new List<uint>(text.Length / 2 + 1);
        for (int at = 0; at < text.Length; )
        {
            int start = at,
                shift = 0;
            long value = 0;
            for (bool more = true; more; shift += 5)
            {
                if (at == text.Length)
                    throw new InputException(
                        $"Run-length mask ends inside the number that begins at character {start + 1}; the text is cut short."
                    );
                int digit = text[at++] - Offset;
                if (digit is < 0 or > 63)
                    throw new InputException(
                        $"Run-length mask has '{text[at - 1]}' at character {at}; only characters from '0' to 'o' occur."
                    );
                if (shift > 35)
                    throw new InputException($"Run-length mask has too long a number at character {start + 1}; no run is that long.");
                value |= (long)(digit & Digit) << shift;
                more = (digit & More) != 0;
                if (!more && (digit & Sign) != 0)
                    value |= -1L << (shift + 5);
            }
            if (counts.Count > 2)
                value += counts[^2];
            if (value is < 0 or > uint.MaxValue)
                throw new InputException(
                    $"Run-length mask has a run of {value} pixels at character {start + 1}; runs are 0 or longer and fit the picture."
                );
            counts.Add((uint)value);
        }
        return [.. counts];
    }
}
