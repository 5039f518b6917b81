using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>One sort of a category and how it may look.</summary>
internal sealed record Variant(string Category, string Kind, float Metres, float Aspect, string[] Colours, Action<Pen, Thing> Draw)
{
    public string[] Materials { get; init; } = [];

    public float MaterialChance { get; init; } = 0.35f;

    public string[] Poses { get; init; } = [""];
}
