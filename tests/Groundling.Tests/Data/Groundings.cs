using Groundling.Data;

namespace Groundling.Tests.Data;

/// <summary>Groundings of plain pictures and rectangles.</summary>
public static class Groundings
{
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="phrases">Each phrase with its score and its rectangle.</param>
    public static Grounding Make(int width, int height, params (string Text, double Score, Box Box)[] phrases)
    {
        var caption = Caption.FromPhrases(null, phrases.Select(p => p.Text));
        var rgb = new byte[3 * width * height];
        Array.Fill(rgb, (byte)128);
        return new Grounding(
            new Picture(width, height, rgb),
            caption,
            [.. phrases.Zip(caption.Phrases, (p, span) => new GroundedPhrase(span, p.Score, Rectangle(width, height, p.Box)))]
        );
    }

    public static RunLengthMask Rectangle(int width, int height, Box box)
    {
        var bytes = new byte[width * height];
        for (int y = box.Y; y < box.Y + box.Height; y++)
            bytes.AsSpan(y * width + box.X, box.Width).Fill(1);
        return RunLengthMask.FromBytes(bytes, width, height);
    }
}
