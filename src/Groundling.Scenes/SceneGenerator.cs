using Groundling.Data.Benchmark;
using Groundling.Scenes.Drawing;
using Groundling.Scenes.Narratives;
using Groundling.Scenes.Worlds;

namespace Groundling.Scenes;

/// <summary>
/// Draws scenes of the illustrated world. The same seed, index, split and size give the same bytes on every machine. An instance
/// keeps its canvas between scenes and serves one thread.
/// </summary>
public sealed class SceneGenerator
{
    /// <summary>Smallest side in pixels.</summary>
    public const int LeastSize = 64;

    /// <summary>Largest side in pixels.</summary>
    public const int MostSize = 2048;

    private const int Attempts = 256;

    private readonly Canvas _canvas;

    /// <param name="size">Side of the square pictures in pixels.</param>
    /// <exception cref="InputException">The size is out of range.</exception>
    public SceneGenerator(int size = 256)
    {
        if (size is < LeastSize or > MostSize)
            throw new InputException($"scene size {size} is out of range: choose {LeastSize} to {MostSize} pixels");
        Size = size;
        _canvas = new Canvas(size, size);
    }

    /// <summary>Side of the pictures in pixels.</summary>
    public int Size { get; }

    /// <summary>Draws one scene and narrates it.</summary>
    /// <param name="seed">The seed of the whole set.</param>
    /// <param name="index">Its number within the split, from 0.</param>
    /// <param name="split">Which of the disjoint streams.</param>
    /// <exception cref="InputException">The index is negative.</exception>
    public Scene Generate(ulong seed, int index, SceneSplit split)
    {
        if (index < 0)
            throw new InputException($"scene index {index} is negative: indices count from 0");
        ulong stream = SceneRandom.Combine(SceneRandom.Combine(seed, 0x5C0A1E00UL + (ulong)split), (ulong)index);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var random = new SceneRandom(SceneRandom.Combine(stream, (ulong)attempt));
            var narration = random.Fork();
            var (world, stage) = WorldCatalogue.Choose(random, split);
            var painting = ScenePainting.Draw(stage, _canvas);
            var narrative = Narrator.Tell(stage, painting, Size, split, narration);
            if (narrative is null)
                continue;
            return new Scene
            {
                Seed = seed,
                Index = index,
                Split = split,
                World = world,
                Width = Size,
                Height = Size,
                Rgb = painting.Rgb,
                SegmentIds = painting.SegmentIds,
                Segments = painting.Segments,
                Narrative = narrative,
            };
        }
        throw new InvalidOperationException($"no scene could be narrated for seed {seed}, index {index}, split {split}");
    }
}
