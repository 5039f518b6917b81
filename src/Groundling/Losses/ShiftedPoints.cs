using Groundling.Core;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Losses;

/// <summary>
/// Places to compare masks at, made where the masks are: one table of random places, shifted for each mask and draw, and wrapped around.
/// </summary>
/// <remarks>
/// Each place of a shifted table is uniform (Cranley and Patterson 1976); what a mask's draws are follows from its seed alone. A generator
/// of libtorch draws on the CPU, and millions of numbers a step would travel.
/// </remarks>
public sealed class ShiftedPoints : IDisposable
{
    private const ulong TableSeed = 1,
        Stride = 0x9E37_79B9_7F4A_7C15; // the golden ratio's bits
    private const double Scale = 1.0 / (1 << 24);
    private readonly Tensor _table; // [P, 2]

    /// <param name="device">Where the masks are.</param>
    /// <param name="config">How many places are drawn at a time.</param>
    public ShiftedPoints(Device device, LossConfig config)
    {
        using var generator = new Generator(TableSeed);
        using var drawn = rand([(long)Math.Ceiling(config.Oversample * config.Points), 2], generator: generator, device: CPU);
        _table = drawn.to(device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>Draws for masks, each from its own seed.</summary>
    /// <param name="seeds">The masks' seeds; equal ones draw the same.</param>
    public PointDraw For(IReadOnlyList<ulong> seeds)
    {
        ulong draws = 0;
        return (masks, points) =>
        {
            if (masks != seeds.Count)
                throw new ArgumentException($"{seeds.Count} seeds for {masks} masks; one for each is needed", nameof(seeds));
            using var scope = NewDisposeScope();
            var draw = draws++;
            var shifts = seeds
                .SelectMany(seed => new[] { Share(seed + Stride * (2 * draw + 1)), Share(seed + Stride * (2 * draw + 2)) })
                .ToArray();
            var shift = tensor(shifts, [masks, 1, 2], device: _table.device);
            return _table.narrow(0, 0, points).unsqueeze(0).Plus(shift).frac().MoveToOuterDisposeScope();
        };
    }

    /// <summary>Disposes the table.</summary>
    public void Dispose() => _table.Dispose();

    /// <summary>A number in [0, 1) of 24 random bits.</summary>
    private static float Share(ulong bits) => (float)((SplitMix64.Finish(bits) >> 40) * Scale);
}
