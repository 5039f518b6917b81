using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// The memory layout [B, h, w, C] behind a [B, C, h, w] tensor, in which the CPU convolves fastest (NHWC, torch.channels_last).
/// </summary>
public static class ChannelsLast
{
    /// <summary>The same values laid out channels last; the input itself where it is so already.</summary>
    public static Tensor ToChannelsLast(
        this Tensor image
    ) // [B, C, h, w]
        => image.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>Pixels as a sequence; free of copies when the image is laid out channels last.</summary>
    public static Tensor ToPixels(
        this Tensor image
    ) // [B, C, h, w] -> [B, hw, C]
        => image.permute(0, 2, 3, 1).reshape(image.shape[0], image.shape[2] * image.shape[3], image.shape[1]);

    /// <summary>A sequence as pixels, laid out channels last.</summary>
    public static Tensor ToImage(
        this Tensor pixels,
        long height,
        long width
    ) // [B, hw, C] -> [B, C, h, w]
        => pixels.reshape(pixels.shape[0], height, width, pixels.shape[2]).permute(0, 3, 1, 2);
}
