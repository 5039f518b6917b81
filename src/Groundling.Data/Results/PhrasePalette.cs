namespace Groundling.Data;

/// <summary>Colours for phrases, each as unlike all before it as can be: chosen by hand at first, then farthest in Oklab.</summary>
public static class PhrasePalette
{
    private const int Step = 15;

    private static readonly Colour[] Chosen =
    [
        new(0x1F, 0x77, 0xE0),
        new(0xF2, 0x5C, 0x19),
        new(0x16, 0xA3, 0x4A),
        new(0xD6, 0x2A, 0x8C),
        new(0xF5, 0xB7, 0x00),
        new(0x8E, 0x44, 0xD9),
        new(0x00, 0xB3, 0xB8),
        new(0xD3, 0x2F, 0x2F),
        new(0x8B, 0x5A, 0x2B),
        new(0x9A, 0xC4, 0x1C),
        new(0x5B, 0x6C, 0xFF),
        new(0xFF, 0x8F, 0xC7),
    ];

    private static readonly Lock Growing = new();
    private static readonly List<Colour> Known = [.. Chosen];
    private static List<(Colour Colour, double[] Lab, double Nearest)>? _candidates;

    /// <summary>The first colours; the same ones every time, all different, none black.</summary>
    public static IReadOnlyList<Colour> Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        lock (Growing)
        {
            if (count > Known.Count)
                Grow(count);
            return [.. Known.Take(count)];
        }
    }

    private static void Grow(int count)
    {
        _candidates ??= Candidates();
        while (Known.Count < count && _candidates.Count > 0)
        {
            int best = 0;
            for (int i = 1; i < _candidates.Count; i++)
                if (_candidates[i].Nearest > _candidates[best].Nearest)
                    best = i;
            var (colour, lab, _) = _candidates[best];
            _candidates.RemoveAt(best);
            Known.Add(colour);
            for (int i = 0; i < _candidates.Count; i++)
                _candidates[i] = _candidates[i] with { Nearest = Math.Min(_candidates[i].Nearest, Distance(_candidates[i].Lab, lab)) };
        }
        // More phrases than the eye tells apart: any colour not yet used, walked through all 2^24 by an odd step.
        var used = Known.ToHashSet();
        for (int id = 0x9E3779; Known.Count < count; id = (id + 0x9E3779) & 0xFFFFFF)
        {
            var colour = new Colour((byte)id, (byte)(id >> 8), (byte)(id >> 16));
            if (colour.PanopticId != 0 && used.Add(colour))
                Known.Add(colour);
        }
    }

    private static List<(Colour, double[], double)> Candidates()
    {
        var chosen = Chosen.Select(Oklab).ToList();
        var candidates = new List<(Colour, double[], double)>();
        for (int r = 0; r < 256; r += Step)
        for (int g = 0; g < 256; g += Step)
        for (int b = 0; b < 256; b += Step)
        {
            var colour = new Colour((byte)r, (byte)g, (byte)b);
            var lab = Oklab(colour);
            if (lab[0] is > 0.42 and < 0.88 && Math.Sqrt(lab[1] * lab[1] + lab[2] * lab[2]) > 0.06)
                candidates.Add((colour, lab, chosen.Min(c => Distance(c, lab))));
        }
        return candidates;
    }

    // Rounded, so that the last bit of a cube root decides nothing.
    private static double Distance(double[] a, double[] b) =>
        Math.Round(Math.Sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2])), 6);

    private static double[] Oklab(Colour colour)
    {
        double r = Linear(colour.R),
            g = Linear(colour.G),
            b = Linear(colour.B);
        double l = Math.Cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        double m = Math.Cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        double s = Math.Cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        return
        [
            0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
        ];
    }

    private static double Linear(byte value)
    {
        double v = value / 255.0;
        return v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4);
    }
}
