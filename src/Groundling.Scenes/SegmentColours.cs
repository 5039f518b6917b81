namespace Groundling.Scenes;

/// <summary>Distinct segment numbers that, read as red + 256 green + 65536 blue, also look distinct.</summary>
internal sealed class SegmentColours
{
    private readonly HashSet<int> _used = [0];
    private int _index;

    public int Next()
    {
        for (; ; )
        {
            // Steps of the golden ratio around six sextants of hue, at three brightnesses.
            int i = _index++,
                hue = i * 949 % 1536,
                value = 255 - i % 3 * 55,
                sextant = hue >> 8,
                rise = (hue & 255) * (value - 40) / 255 + 40;
            int fall = value + 40 - rise;
            var (r, g, b) = sextant switch
            {
                0 => (value, rise, 40),
                1 => (fall, value, 40),
                2 => (40, value, rise),
                3 => (40, fall, value),
                4 => (rise, 40, value),
                _ => (value, 40, fall),
            };
            int id = r + 256 * g + 65536 * b;
            if (_used.Add(id))
                return id;
        }
    }
}
