using Groundling.Data;
using Groundling.Decoding;
using Groundling.Prompting;
using static TorchSharp.torch;

namespace Groundling.Modeling;

/// <summary>What the three mask heads say; the caller owns it. (H_0, W_0) is the size of the network's input.</summary>
/// <param name="Diffusion">[B, N, H_0, W_0] probabilities of the diffusion mask head (Sec. 3.1).</param>
/// <param name="AdapterBlocks">
/// The adapter mask head's prediction in each UNet block, at the block's resolution; empty without adapter (Sec. 3.2).
/// </param>
/// <param name="Adapter">All of them in a weighted sum, [B, N, H_0/8, W_0/8]; null without adapter.</param>
/// <param name="Decoder">
/// The decoder mask head's predictions, of the input queries and after every layer, [B, N, H_0/4, W_0/4]; empty without decoder (Sec.
/// 3.3).
/// </param>
public sealed record GroundingOutput(
    Tensor Diffusion,
    IReadOnlyList<MaskPrediction> AdapterBlocks,
    MaskPrediction? Adapter,
    IReadOnlyList<MaskPrediction> Decoder
) : IDisposable
{
    /// <summary>
    /// The model's answer, before phrases that are not there are emptied: the last decoder layer's probabilities, or the diffusion head's
    /// shares where there is no decoder.
    /// </summary>
    /// <param name="letterbox">How the pictures lie in the network's input.</param>
    /// <returns>[B, N, H_0, W_0]; the caller owns it.</returns>
    public Tensor Probabilities(Letterbox letterbox) =>
        Decoder.Count == 0
            ? Probabilities(MaskHead.Diffusion, Diffusion, letterbox)
            : Probabilities(MaskHead.Decoder, Decoder[^1].Masks, letterbox);

    /// <summary>What a head says of its phrases, as an answer.</summary>
    /// <param name="head">Whose masks they are.</param>
    /// <param name="masks">[B, N, h, w] the decoder's or the adapter's logits; [B, N, H_0, W_0] the diffusion head's probabilities.</param>
    /// <param name="letterbox">How the pictures lie in the network's input.</param>
    /// <returns>[B, N, H_0, W_0]; the caller owns it.</returns>
    internal static Tensor Probabilities(MaskHead head, Tensor masks, Letterbox letterbox) =>
        head switch
        {
            MaskHead.Diffusion => DiffusionMaskHead.Shares(masks, letterbox),
            MaskHead.Adapter or MaskHead.Decoder => MaskPrediction.Probabilities(masks, letterbox.Height, letterbox.Width),
            _ => throw new ArgumentOutOfRangeException(nameof(head), head, "this head's maps are read in passes of their own"),
        };

    /// <summary>The same numbers as float32, for losses; the caller owns them.</summary>
    public GroundingOutput ToFloat32()
    {
        using var scope = NewDisposeScope();
        MaskPrediction Converted(MaskPrediction prediction) =>
            new(
                prediction.Masks.to(float32).alias().MoveToOuterDisposeScope(),
                prediction.Classes.to(float32).alias().MoveToOuterDisposeScope()
            );
        return new(
            Diffusion.to(float32).alias().MoveToOuterDisposeScope(),
            [.. AdapterBlocks.Select(Converted)],
            Adapter is null ? null : Converted(Adapter),
            [.. Decoder.Select(Converted)]
        );
    }

    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        Diffusion.Dispose();
        foreach (var prediction in AdapterBlocks.Concat(Decoder))
            prediction.Dispose();
        Adapter?.Dispose();
    }
}
