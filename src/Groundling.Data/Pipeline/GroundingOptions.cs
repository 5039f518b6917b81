namespace Groundling;

/// <summary>How a picture is grounded.</summary>
public sealed record GroundingOptions
{
    /// <summary>The smallest and the largest <see cref="Size"/>.</summary>
    public const int SmallestSize = 64,
        LargestSize = 4096;

    /// <summary>
    /// The network's longer side in pixels, 64 to 4096; 0 takes the picture as it is, at most 4096; null takes the size the model was
    /// trained at.
    /// </summary>
    public int? Size { get; init; }

    /// <summary>A pixel belongs to a phrase when its probability is greater, 0 to 1; null takes the model's own threshold.</summary>
    public double? Threshold { get; init; }

    /// <summary>Whose masks are wanted; null takes the mask decoder's, and where there is none the diffusion head's.</summary>
    public MaskHead? Head { get; init; }

    /// <summary>The options, or an error that names the one out of range.</summary>
    /// <exception cref="InputException">A value is out of range.</exception>
    public GroundingOptions Validated()
    {
        if (Size is < 0 or (> 0 and < SmallestSize) or > LargestSize)
            throw new InputException(
                $"a size of {Size} pixels is out of range: {SmallestSize} to {LargestSize}, or 0 to keep the picture's own"
            );
        if (Threshold is not (null or (>= 0 and < 1)))
            throw new InputException($"a threshold of {Threshold} is out of range: 0 up to, but not including, 1");
        if (Head is { } head && !Enum.IsDefined(head))
            throw new InputException($"there is no mask head {head}: {string.Join(", ", Enum.GetNames<MaskHead>())}");
        return this;
    }
}
