using Groundling.Data;

namespace Groundling.Evaluation;

/// <summary>One line of a predictions file: a mask as COCO's compressed string.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Counts">COCO's compressed string; already checked.</param>
public sealed record Prediction(int Line, int Width, int Height, string Counts)
{
    /// <summary>The mask.</summary>
    public RunLengthMask ToMask() => RunLengthMask.Parse(Counts, Width, Height);
}
