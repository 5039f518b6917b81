using System.Numerics;

namespace Groundling.Scenes.Drawing;

/// <summary>The hour and the weather: how a colour looks in them, and where the light comes from.</summary>
internal sealed class Light
{
    public required Daylight Daylight { get; init; }

    public required Weather Weather { get; init; }

    /// <summary>Sky colours from the zenith down to the horizon.</summary>
    public required Vector4[] Sky { get; init; }

    /// <summary>Multiplies every surface.</summary>
    public required Vector4 Ambient { get; init; }

    /// <summary>What lit sides lean to.</summary>
    public required Vector4 Sun { get; init; }

    /// <summary>What shaded sides and cast shadows lean to.</summary>
    public required Vector4 Shade { get; init; }

    /// <summary>The colour of distance.</summary>
    public required Vector4 Haze { get; init; }

    /// <summary>How much of a thing at the horizon is haze, 0 to 1.</summary>
    public required float HazeStrength { get; init; }

    /// <summary>Opacity of cast shadows; 0 without sun.</summary>
    public required float Shadow { get; init; }

    /// <summary>The sun or moon in unit space, y down.</summary>
    public required Vector2 Source { get; init; }

    public required bool SourceVisible { get; init; }

    public bool Night => Daylight == Daylight.Night;

    public bool LampsLit => Daylight is Daylight.Night or Daylight.Dusk;

    /// <summary>Towards the light in the picture's plane, y down, about unit length.</summary>
    public Vector2 Direction { get; private set; } = new(-0.55f, -0.83f);

    /// <summary>Sideways run of a shadow for a unit of its length towards the viewer.</summary>
    public float Shear { get; private set; }

    public void Aim()
    {
        float x = (Source.X - 0.5f) * 1.7f;
        x = x is > -0.35f and < 0.35f ? (x < 0f ? -0.35f : 0.35f) : x;
        float y = -(1f - Math.Abs(x) * 0.45f);
        float length = MathF.Sqrt(x * x + y * y);
        Direction = new Vector2(x / length, y / length);
        Shear = -x * 1.3f;
    }

    /// <summary>A surface's colour in this light.</summary>
    /// <param name="colour">The surface's own colour.</param>
    /// <param name="relief">-1 turned away from the light, 0 neutral, 1 facing it.</param>
    /// <param name="depth">0 at the viewer, 1 at the horizon.</param>
    public Vector4 On(Vector4 colour, float relief, float depth)
    {
        var c =
            relief >= 0f
                ? Tone.Mix(colour, Sun, relief)
                : Tone.Mix(colour, new Vector4(colour.X * Shade.X, colour.Y * Shade.Y, colour.Z * Shade.Z, 1f), -relief);
        c = new Vector4(c.X * Ambient.X, c.Y * Ambient.Y, c.Z * Ambient.Z, 1f);
        c = Tone.Mix(c, Haze, HazeStrength * depth);
        return Tone.Fade(c, colour.W);
    }
}
