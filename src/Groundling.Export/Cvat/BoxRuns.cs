using System.Text;

namespace Groundling.Export.Cvat;

/// <summary>CVAT's run lengths: of a mask's box, row by row, outside first, apart by ", ".</summary>
internal static class BoxRuns
{
    public static string Format(RunLengthMask mask)
    {
        var (box, pixels) = (mask.Box, mask.ToBytes());
        var text = new StringBuilder();
        long length = 0;
        byte inside = 0;
        for (int y = box.Y; y < box.Y + box.Height; y++)
        for (int at = y * mask.Width + box.X, end = at + box.Width; at < end; at++)
        {
            if (pixels[at] != inside)
            {
                text.Append(length).Append(", ");
                (length, inside) = (0, pixels[at]);
            }
            length++;
        }
        return text.Append(length).ToString();
    }
}
