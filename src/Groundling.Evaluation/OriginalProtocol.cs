using Groundling.Data;
using static TorchSharp.torch;

namespace Groundling.Evaluation;

internal sealed class OriginalProtocol()
    : ResolutionProtocol("original", "probabilities enlarged bilinearly to the picture's own size, against the ground truth as it is")
{
    public override (int Width, int Height) JudgedSize(Letterbox letterbox) => (letterbox.SourceWidth, letterbox.SourceHeight);

    public override IReadOnlyList<RunLengthMask> Truth(IReadOnlyList<RunLengthMask> masks, Letterbox letterbox) => masks;

    public override RunLengthMask Resized(RunLengthMask mask, Letterbox letterbox) => mask;

    private protected override Tensor Content(Tensor map, Letterbox letterbox) =>
        Bilinear(map, letterbox.Height, letterbox.Width)[.., .., ..letterbox.ContentHeight, ..letterbox.ContentWidth];
}
