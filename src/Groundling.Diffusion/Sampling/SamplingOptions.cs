using System.Globalization;
using Groundling.Core;

namespace Groundling.Diffusion;

/// <summary>How pictures are made.</summary>
public sealed record SamplingOptions
{
    /// <summary>Time steps visited (num_inference_steps), 1 to 1000.</summary>
    public int Steps { get; init; } = 30;

    /// <summary>
    /// The scale of classifier-free guidance: how far to go from the unconditional prediction, without the caption, to the conditional
    /// one, and beyond; 1 does without the former.
    /// </summary>
    public double Guidance { get; init; } = 5;

    /// <summary>Pictures, 1 to 64.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Picture i is what seed + i gives alone.</summary>
    public ulong Seed { get; init; }

    /// <summary>Rows and columns, a multiple of 64; the model's own where null.</summary>
    public int? Size { get; init; }

    /// <summary>The same options.</summary>
    /// <exception cref="InputException">A value is out of range.</exception>
    public SamplingOptions Validated()
    {
        Require(Steps is >= 1 and <= 1000, "steps", Steps, "1 to 1000");
        Require(double.IsFinite(Guidance) && Guidance is >= 0 and <= 100, "guidance", Guidance, "0 to 100");
        Require(Count is >= 1 and <= 64, "count", Count, "1 to 64");
        Require(Size is null or (>= 64 and <= 2048) && (Size ?? 0) % 64 == 0, "size", Size, "a multiple of 64 from 64 to 2048");
        return this;
    }

    private static void Require(bool holds, string name, object? value, string range)
    {
        if (!holds)
            throw new InputException(string.Create(CultureInfo.InvariantCulture, $"{name} {value} is out of range: {range}")).About(name);
    }
}
