using Groundling.Data;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>Network output as pictures to look at.</summary>
public static class PictureGrid
{
    /// <summary>Pictures side by side, row by row.</summary>
    /// <param name="images">[B, 3, h, w], about [-1, 1].</param>
    /// <param name="columns">Pictures a row; the last row may be shorter, and black where it is.</param>
    public static Picture Of(Tensor images, int columns)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (count, height, width) = ((int)images.shape[0], (int)images.shape[2], (int)images.shape[3]);
        var rows = (count + columns - 1) / columns;
        var canvas = zeros([rows, columns, height, width, 3], dtype: uint8, device: CPU);
        var bytes = images.Within(-1, 1).Plus(1).Times(127.5).round().to(uint8).permute(0, 2, 3, 1).cpu();
        for (var i = 0; i < count; i++)
            canvas[i / columns, i % columns].copy_(bytes[i]);
        return new(columns * width, rows * height, canvas.permute(0, 2, 1, 3, 4).contiguous().data<byte>().ToArray());
    }
}
