using System.Numerics;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Worlds;

/// <summary>Palettes of hours and weathers.</summary>
internal static class LightRecipes
{
    private static readonly int[][] DaySkies =
    [
        [0x3F86CF, 0x6FACE0, 0xA9D2EE, 0xE3F0F3],
        [0x4A93C9, 0x86C0DF, 0xC3E0E6, 0xF6EBD3],
        [0x2F74C0, 0x5B9DDA, 0x93C6EC, 0xD3E9F5],
        [0x5AA4CF, 0x92C9DE, 0xC9E4E3, 0xF3F0DC],
    ];

    private static readonly int[][] DawnSkies =
    [
        [0x7FA6D6, 0xB9BFDF, 0xF0CFCB, 0xFCE3C2],
        [0x8FB5D9, 0xC9CFE2, 0xF4D9D2, 0xFBEBD0],
    ];

    private static readonly int[][] DuskSkies =
    [
        [0x4B4A86, 0x9A6A9C, 0xEA8F78, 0xFCC77C],
        [0x3D5A8F, 0x8B7FA8, 0xE59A8A, 0xFAD39B],
        [0x5A3F78, 0xB55F85, 0xF2885F, 0xFDBD63],
        [0x35507F, 0x6E79A4, 0xD08F93, 0xF5B98C],
    ];

    private static readonly int[][] NightSkies =
    [
        [0x0E1633, 0x18264F, 0x27406F, 0x47628F],
        [0x121A3C, 0x222C5C, 0x3C437C, 0x6A5F94],
        [0x0B1A30, 0x13304D, 0x22506C, 0x4A7D8B],
    ];

    private static readonly int[][] SnowSkies =
    [
        [0x7F9CBF, 0x9DB6D0, 0xBFD0DF, 0xE2E8EA],
        [0x8C9FB8, 0xAEBBCB, 0xD0D5DC, 0xF0E6DC],
        [0x7A93AE, 0x9FB2C6, 0xC6D0DB, 0xE6E6E6],
    ];

    private static readonly int[][] GreySkies =
    [
        [0x8794A3, 0xA3AEB9, 0xBFC7CE, 0xD7DCDD],
        [0x76879A, 0x94A3B2, 0xB4BFC9, 0xCFD6D9],
        [0x99A3AB, 0xB2BAC0, 0xC9CED1, 0xDEDFDC],
    ];

    public static Light Choose(SceneRandom random, bool wintry, float nightShare)
    {
        var daylight =
            random.Chance(nightShare) ? Daylight.Night
            : random.Chance(0.27f) ? Daylight.Dusk
            : random.Chance(0.13f) ? Daylight.Dawn
            : Daylight.Day;
        var weather =
            random.Chance(0.5f) ? Weather.Clear
            : random.Chance(0.5f) ? Weather.Cloudy
            : wintry ? Weather.Snow
            : random.Chance(0.45f) ? Weather.Fog
            : Weather.Rain;
        if (wintry && weather == Weather.Clear && random.Chance(0.5f))
            weather = Weather.Snow;
        if (weather is Weather.Rain or Weather.Fog && daylight is Daylight.Dusk or Daylight.Dawn)
            weather = Weather.Cloudy;
        if (weather == Weather.Fog && daylight == Daylight.Night)
            weather = Weather.Clear;
        return Make(random, daylight, weather);
    }

    private static Light Make(SceneRandom random, Daylight daylight, Weather weather)
    {
        bool dull = weather is Weather.Fog or Weather.Rain || (weather == Weather.Snow && daylight == Daylight.Day);
        var sky = daylight switch
        {
            Daylight.Night => random.Pick<int[]>(NightSkies),
            Daylight.Dusk => random.Pick<int[]>(DuskSkies),
            Daylight.Dawn => random.Pick<int[]>(DawnSkies),
            _ => random.Pick<int[]>(
                weather == Weather.Snow ? SnowSkies
                : dull ? GreySkies
                : DaySkies
            ),
        };
        var tones = Array.ConvertAll(sky, Tone.Hex);
        bool visible = !dull && weather != Weather.Snow && (daylight != Daylight.Day || random.Chance(0.55f));
        float height = daylight is Daylight.Dusk or Daylight.Dawn ? random.Range(0.2f, 0.34f) : random.Range(0.07f, 0.2f);
        var light = new Light
        {
            Daylight = daylight,
            Weather = weather,
            Sky = tones,
            Ambient = daylight switch
            {
                Daylight.Night => new Vector4(0.66f, 0.68f, 0.8f, 1f),
                Daylight.Dusk => new Vector4(0.98f, 0.88f, 0.85f, 1f),
                Daylight.Dawn => new Vector4(1f, 0.95f, 0.93f, 1f),
                _ => dull ? new Vector4(0.88f, 0.91f, 0.95f, 1f) : new Vector4(1f, 1f, 0.985f, 1f),
            },
            Sun = daylight switch
            {
                Daylight.Night => Tone.Hex(0xDDE6FF),
                Daylight.Dusk => Tone.Hex(0xFFD9A0),
                Daylight.Dawn => Tone.Hex(0xFFEBD2),
                _ => Tone.Hex(dull ? 0xF0F3F6 : 0xFFF8E2),
            },
            Shade = daylight switch
            {
                Daylight.Night => Tone.Hex(0x2A3358),
                Daylight.Dusk => Tone.Hex(0x54416E),
                _ => Tone.Hex(dull ? 0x6A7486 : 0x55628A),
            },
            Haze = weather == Weather.Fog ? Tone.Mix(tones[^1], Tone.Hex(0xE6E7E4), 0.4f) : Tone.Mix(tones[^1], tones[^2], 0.35f),
            HazeStrength =
                weather == Weather.Fog ? 0.78f
                : dull ? 0.5f
                : daylight == Daylight.Night ? 0.4f
                : 0.42f,
            Shadow =
                dull || weather == Weather.Snow ? 0f
                : daylight == Daylight.Night ? 0.22f
                : weather == Weather.Cloudy ? 0.24f
                : 0.36f,
            Source = new Vector2(random.Chance(0.5f) ? random.Range(0.1f, 0.38f) : random.Range(0.62f, 0.9f), height),
            SourceVisible = visible,
        };
        light.Aim();
        return light;
    }
}
