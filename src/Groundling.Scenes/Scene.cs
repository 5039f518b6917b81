using Groundling.Data.Benchmark;

namespace Groundling.Scenes;

/// <summary>A picture of the illustrated world, its panoptic map, and one narrative that is true of it.</summary>
public sealed class Scene
{
    /// <summary>The seed of the whole set.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Its number within the split, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Which stream it comes from.</summary>
    public required SceneSplit Split { get; init; }

    /// <summary>The kind of scene, for example harbor.</summary>
    public required string World { get; init; }

    /// <summary>Pixels across.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels down.</summary>
    public required int Height { get; init; }

    /// <summary>[Height, Width, 3] row-major red, green, blue.</summary>
    public required byte[] Rgb { get; init; }

    /// <summary>[Height, Width] row-major; every pixel's <see cref="SceneSegment.Id"/>, or 0 for none.</summary>
    public required int[] SegmentIds { get; init; }

    /// <summary>The visible segments; their areas and boxes are those of <see cref="SegmentIds"/>.</summary>
    public required IReadOnlyList<SceneSegment> Segments { get; init; }

    /// <summary>The caption and its parts.</summary>
    public required SceneNarrative Narrative { get; init; }
}
