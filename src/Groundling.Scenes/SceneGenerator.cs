using Groundling.Data.Benchmark;
using Groundling.Scenes.Drawing;
using Groundling.Scenes.Narratives;
using Groundling.Scenes.Worlds;

namespace Groundling.Scenes;

/// <summary>
/// Draws scenes of the illustrated world. The same seed, index, split and size give the same bytes on every machine. An instance
/// keeps its canvas, and the painting that close-ups are cut from, between scenes and serves one thread.
/// </summary>
public sealed class SceneGenerator
{
    /// <summary>Smallest side in pixels.</summary>
    public const int LeastSize = 64;

    /// <summary>Largest side in pixels.</summary>
    public const int MostSize = 2048;

    private const int Attempts = 256,
        CutsPerPainting = 4;
    private const ulong Cutting = 0xC105E; // the cuts' stream of random numbers

    private Canvas? _canvas;
    private (ulong Stream, Shot Shot)? _last;

    /// <param name="size">Side of the square pictures in pixels.</param>
    /// <exception cref="InputException">The size is out of range.</exception>
    public SceneGenerator(int size = 256)
    {
        if (size is < LeastSize or > MostSize)
            throw new InputException($"scene size {size} is out of range: choose {LeastSize} to {MostSize} pixels");
        Size = size;
    }

    /// <summary>Side of the pictures in pixels.</summary>
    public int Size { get; }

    /// <summary>How many scenes of a split that follow one another, from a multiple of it on, are drawn fastest by one generator.</summary>
    public static int Together(SceneSplit split) => split is SceneSplit.CloseUps or SceneSplit.CloseUpsVal ? CutsPerPainting : 1;

    /// <summary>Draws one scene and narrates it.</summary>
    /// <param name="seed">The seed of the whole set.</param>
    /// <param name="index">Its number within the split, from 0.</param>
    /// <param name="split">Which of the disjoint streams.</param>
    /// <exception cref="InputException">The index is negative.</exception>
    public Scene Generate(ulong seed, int index, SceneSplit split)
    {
        if (index < 0)
            throw new InputException($"scene index {index} is negative: indices count from 0");
        ulong splitStream = SceneRandom.Combine(seed, 0x5C0A1E00UL + (ulong)split);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var (shot, narration) = split is SceneSplit.CloseUps or SceneSplit.CloseUpsVal
                ? Near(splitStream, index, attempt, split)
                : Whole(splitStream, index, attempt, split, Size);
            var narrative = shot is null ? null : Tell(shot, split, narration);
            if (narrative is null)
                continue;
            return new Scene
            {
                Seed = seed,
                Index = index,
                Split = split,
                World = shot!.World,
                Width = Size,
                Height = Size,
                Rgb = shot.Painting.Rgb,
                SegmentIds = shot.Painting.SegmentIds,
                Segments = shot.Painting.Segments,
                Narrative = narrative,
            };
        }
        throw new InvalidOperationException($"no scene could be narrated for seed {seed}, index {index}, split {split}");
    }

    private SceneNarrative? Tell(Shot shot, SceneSplit split, SceneRandom narration) =>
        split switch
        {
            SceneSplit.CloseUps or SceneSplit.CloseUpsVal => Asker.Tell(shot.Stage, shot.Painting, Size, Naming.All, narration),
            SceneSplit.Dense when narration.Chance(0.5f) => Asker.Tell(shot.Stage, shot.Painting, Size, Naming.Each, narration),
            SceneSplit.Varied or SceneSplit.Dense when narration.Chance(0.5f) => Asker.Tell(
                shot.Stage,
                shot.Painting,
                Size,
                Naming.Some,
                narration
            ),
            _ => Narrator.Tell(shot.Stage, shot.Painting, Size, split, narration),
        };

    private (Shot Shot, SceneRandom Narration) Whole(ulong splitStream, int index, int attempt, SceneSplit split, int side)
    {
        ulong stream = SceneRandom.Combine(SceneRandom.Combine(splitStream, (ulong)index), (ulong)attempt);
        var random = new SceneRandom(stream);
        var narration = random.Fork();
        if (_last is { } last && last.Stream == stream && last.Shot.Side == side)
            return (last.Shot, narration);
        var (world, stage) = WorldCatalogue.Choose(random, split);
        if (_canvas?.Width != side)
            _canvas = new Canvas(side, side);
        var shot = new Shot(world, stage, ScenePainting.Draw(stage, _canvas), side);
        _last = (stream, shot);
        return (shot, narration);
    }

    private (Shot? Shot, SceneRandom Narration) Near(ulong splitStream, int index, int attempt, SceneSplit split)
    {
        int side = Math.Min(CloseUp.Magnification * Size, MostSize);
        var (shot, _) = Whole(splitStream, index / CutsPerPainting, attempt, split, side);
        var random = new SceneRandom(SceneRandom.Combine(SceneRandom.Combine(splitStream ^ Cutting, (ulong)index), (ulong)attempt));
        var narration = random.Fork();
        return (CloseUp.Cut(shot.Painting, side, Size, random) is { } cut ? shot with { Painting = cut, Side = Size } : null, narration);
    }

    private sealed record Shot(string World, Stage Stage, ScenePainting Painting, int Side);
}
