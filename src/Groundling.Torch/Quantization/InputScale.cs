namespace Groundling.Torch;

/// <summary>
/// How a layer's input is rounded to integers of 8 bits: x is near <c>Scale (q - ZeroPoint)</c>, q in 0 to 255 (Jacob et al. 2018, eq. 1).
/// </summary>
/// <param name="Scale">More than 0.</param>
/// <param name="ZeroPoint">The integer that stands for 0, which padding is made of; 0 to 255.</param>
public readonly record struct InputScale(float Scale, int ZeroPoint)
{
    /// <summary>The largest integer.</summary>
    public const int Largest = 255;

    private const double SmallestScale = 1e-30;

    /// <summary>The scale that holds a range, and 0, with as many steps as there are.</summary>
    /// <param name="least">The least value that is not clipped; finite.</param>
    /// <param name="most">The largest one; finite.</param>
    public static InputScale Of(double least, double most)
    {
        (least, most) = (Math.Min(least, 0), Math.Max(most, 0));
        var scale = (float)Math.Max((most - least) / Largest, SmallestScale);
        return new(scale, (int)Math.Clamp(Math.Round(-least / scale), 0, Largest));
    }

    /// <summary>A value as it comes back from its integer.</summary>
    public double Rounded(double value) => Scale * (Math.Clamp(Math.Floor(value / Scale + ZeroPoint + 0.5), 0, Largest) - ZeroPoint);
}
