using Groundling.Data;
using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Evaluation;

/// <summary>
/// The ground truth is resized bilinearly to the network's input size, padded with zeros to a multiple of 32 and reduced bilinearly to
/// a quarter; whatever is left above 0 is inside, so thin outlines grow by up to a cell.
/// </summary>
internal sealed class PpmnProtocol()
    : ResolutionProtocol(
        "ppmn",
        "ground truth reduced to a quarter of the network's input, every cell above 0 inside; predictions at that size"
    )
{
    private const int Multiple = 32,
        Quarter = 4;

    public override (int Width, int Height) JudgedSize(Letterbox letterbox) =>
        (Padded(letterbox.ContentWidth) / Quarter, Padded(letterbox.ContentHeight) / Quarter);

    public override IReadOnlyList<RunLengthMask> Truth(IReadOnlyList<RunLengthMask> masks, Letterbox letterbox) =>
        [.. masks.Select(mask => Reduced(mask, letterbox, 0))];

    public override RunLengthMask Resized(RunLengthMask mask, Letterbox letterbox) => Reduced(mask, letterbox, 0.5);

    private protected override Tensor Content(Tensor map, Letterbox letterbox)
    {
        var (across, down) = JudgedSize(letterbox);
        return Bilinear(map, letterbox.Height / Quarter, letterbox.Width / Quarter)[.., .., ..down, ..across];
    }

    private RunLengthMask Reduced(RunLengthMask mask, Letterbox letterbox, double above)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (width, height) = JudgedSize(letterbox);
        var content = Bilinear(
            tensor(mask.ToBytes(), [1, 1, mask.Height, mask.Width], device: CPU).to(float32),
            letterbox.ContentHeight,
            letterbox.ContentWidth
        );
        var padded = zeros(1, 1, height * Quarter, width * Quarter, device: CPU);
        padded[.., .., ..letterbox.ContentHeight, ..letterbox.ContentWidth] = content;
        return RunLengthMask.FromBytes(Bilinear(padded, height, width).IsAbove(above).to(uint8).bytes, width, height);
    }

    private static int Padded(int side) => (side + Multiple - 1) / Multiple * Multiple;
}
