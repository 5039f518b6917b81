namespace Groundling.Data;

/// <summary>How examples are made into batches.</summary>
public sealed record BatchOptions
{
    /// <summary>Examples a batch, at least 1.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>The network's longer side in pixels; 0 keeps each picture's own size.</summary>
    public int Size { get; init; } = 512;

    /// <summary>Pads every input to a square, so that the pictures of a batch have one shape.</summary>
    public bool Square { get; init; }

    /// <summary>Also brings the masks to the network's grid divided by this; 0 for not at all.</summary>
    public int MaskDivisor { get; init; }

    /// <summary>Whether each epoch has an order of its own; the file's order otherwise.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Seed of the orders.</summary>
    public ulong Seed { get; init; }

    /// <summary>Pictures decoded at once; 0 for one a processor.</summary>
    public int Workers { get; init; }

    /// <summary>Batches that may wait, finished, for the reader; at least 1.</summary>
    public int Ahead { get; init; } = 2;

    /// <summary>The same options.</summary>
    /// <exception cref="InputException">A number is out of range.</exception>
    public BatchOptions Validated()
    {
        Require(BatchSize is >= 1 and <= 4096, $"batch size {BatchSize}", "1 to 4096");
        Require(Size is >= 0 and <= 8192, $"size {Size}", "0 to 8192");
        Require(Workers is >= 0 and <= 1024, $"workers {Workers}", "0 to 1024");
        Require(Ahead is >= 1 and <= 1024, $"batches ahead {Ahead}", "1 to 1024");
        Require(MaskDivisor >= 0 && (MaskDivisor == 0 || Letterbox.Multiple % MaskDivisor == 0), $"mask divisor {MaskDivisor}", $"0, or what divides {Letterbox.Multiple}");
        return this;
    }

    private static void Require(bool isTrue, string what, string range)
    {
        if (!isTrue)
            throw new InputException($"{what} is out of range: {range}");
    }
}
