using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>Colour words and what they look like.</summary>
internal static class Pigments
{
    private static readonly Dictionary<string, int> Words = new(StringComparer.Ordinal)
    {
        ["red"] = 0xC9352B,
        ["orange"] = 0xEC8128,
        ["yellow"] = 0xF4CB3E,
        ["green"] = 0x459A4C,
        ["blue"] = 0x2B6CBB,
        ["purple"] = 0x7C4BA6,
        ["pink"] = 0xF093B4,
        ["white"] = 0xF3F0E8,
        ["black"] = 0x2C2B30,
        ["brown"] = 0x7D5433,
        ["gray"] = 0x8B9098,
    };

    public static Vector4 Of(string word, SceneRandom random)
    {
        var c = Tone.Hex(Words[word]);
        var jitter = new Vector4(random.Spread(0.03f), random.Spread(0.03f), random.Spread(0.03f), 0f);
        c = Tone.Scale(c, 1f + random.Spread(0.06f)) + jitter;
        return new Vector4(Tone.Clamp01(c.X), Tone.Clamp01(c.Y), Tone.Clamp01(c.Z), 1f);
    }
}
