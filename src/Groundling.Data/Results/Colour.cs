namespace Groundling.Data;

/// <summary>An sRGB colour.</summary>
/// <param name="R">Red.</param>
/// <param name="G">Green.</param>
/// <param name="B">Blue.</param>
public readonly record struct Colour(byte R, byte G, byte B)
{
    /// <summary>The colour as COCO's panoptic pictures count it: R + 256 G + 65536 B.</summary>
    public int PanopticId => R | G << 8 | B << 16;

    /// <summary>True when dark writing reads better on it than white.</summary>
    public bool IsLight => 0.299 * R + 0.587 * G + 0.114 * B > 150;

    /// <summary>"#1f77e0".</summary>
    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";
}
