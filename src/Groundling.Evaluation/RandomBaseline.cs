using Groundling.Data;
using static TorchSharp.torch;

namespace Groundling.Evaluation;

/// <summary>A random rectangle for each phrase: both its sides' ends are uniform over the picture.</summary>
/// <remarks>Each phrase draws from its own seed, so that neither order nor an interruption changes a rectangle.</remarks>
/// <param name="size">The network's longer side; 0 keeps each picture's own.</param>
/// <param name="seed">Another seed, other rectangles.</param>
public sealed class RandomBaseline(int size, int seed = 0) : IPhraseSegmenter
{
    /// <inheritdoc/>
    public string Name => $"random rectangles (seed {seed})";

    /// <inheritdoc/>
    public int Size => size;

    /// <summary>What the rectangles follow from.</summary>
    public ulong Seed => (ulong)seed;

    /// <inheritdoc/>
    public PhraseProbabilities Segment(EvaluationCase given, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(given);
        var letterbox = Letterbox.Fit(given.Truth[0].Width, given.Truth[0].Height, size);
        using var scope = NewDisposeScope();
        var map = zeros(given.Truth.Count, letterbox.Height, letterbox.Width, device: CPU);
        for (int i = 0; i < given.Truth.Count; i++)
        {
            var random = new Random(unchecked(((seed * 1_000_003) + given.Example.Index) * 1_000_003 + given.Numbers[i]));
            var (left, right) = Ends(random, letterbox.ContentWidth);
            var (top, bottom) = Ends(random, letterbox.ContentHeight);
            map[i, top..bottom, left..right] = 1f;
        }
        return new(letterbox, map.MoveToOuterDisposeScope());
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose() { }

    private static (int First, int End) Ends(Random random, int side)
    {
        int a = random.Next(side),
            b = random.Next(side);
        return (Math.Min(a, b), Math.Max(a, b) + 1);
    }
}
