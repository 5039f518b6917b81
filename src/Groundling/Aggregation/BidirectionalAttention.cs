using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Aggregation;

/// <summary>
/// Pixels and phrases read each other through one tensor of logits, normalised over pixels one way and over phrases the other (Sec. 3.3).
/// </summary>
/// <remarks>Both outputs start at zero, so that an untrained layer changes neither.</remarks>
public sealed class BidirectionalAttention : Module<Tensor, Tensor, Tensor?, (Tensor Pixels, Tensor Phrases)>, IOwnInitialValues
{
    private readonly long _heads;

    [ComponentName(Name = "to_q")]
    private readonly LinearLayer _query;

    [ComponentName(Name = "to_k")]
    private readonly LinearLayer _key;

    [ComponentName(Name = "pixels_to_v")]
    private readonly LinearLayer _pixelValue;

    [ComponentName(Name = "phrases_to_v")]
    private readonly LinearLayer _phraseValue;

    [ComponentName(Name = "pixels_out")]
    private readonly LinearLayer _pixelOut;

    [ComponentName(Name = "phrases_out")]
    private readonly LinearLayer _phraseOut;

    /// <param name="width">D</param>
    /// <param name="heads">It divides <paramref name="width"/>.</param>
    public BidirectionalAttention(long width, long heads)
        : base(nameof(BidirectionalAttention))
    {
        _heads = heads;
        _query = new(width, width);
        _key = new(width, width);
        _pixelValue = new(width, width);
        _phraseValue = new(width, width);
        _pixelOut = new(width, width);
        _phraseOut = new(width, width);
        RegisterComponents();
    }

    /// <param name="pixels">[B, P, D]</param>
    /// <param name="phrases">[B, T, D]</param>
    /// <param name="valid">[B, T] false where a phrase is padding, or null; each row has a valid one.</param>
    /// <returns>What the pixels read [B, P, D] and what the phrases read [B, T, D]; the caller owns both.</returns>
    public override (Tensor Pixels, Tensor Phrases) forward(Tensor pixels, Tensor phrases, Tensor? valid)
    {
        using var scope = NewDisposeScope();
        var (_, overPixels, overPhrases) = Attention(pixels, phrases, valid);
        var forPhrases = _phraseOut.FromHeads(overPixels.matmul(_pixelValue.ToHeads(pixels, _heads))); // [B, T, D]
        var forPixels = _pixelOut.FromHeads(overPhrases.transpose(-2, -1).matmul(_phraseValue.ToHeads(phrases, _heads))); // [B, P, D]
        return (forPixels.MoveToOuterDisposeScope(), forPhrases.MoveToOuterDisposeScope());
    }

    /// <summary>The logits, computed once, and their two normalisations, each [B, heads, T, P]; the caller owns them.</summary>
    /// <returns>The second sums to 1 over pixels, the third over valid phrases.</returns>
    public (Tensor Logits, Tensor OverPixels, Tensor OverPhrases) Attention(Tensor pixels, Tensor phrases, Tensor? valid)
    {
        using var scope = NewDisposeScope();
        var query = _query.ToHeads(phrases, _heads); // [B, heads, T, d]
        var logits = query.matmul(_key.ToHeads(pixels, _heads).transpose(-2, -1)).Over(Math.Sqrt(query.shape[^1]));
        var overPixels = functional.softmax(logits, -1);
        var allowed = valid is null ? logits : logits.Unread(valid.logical_not().unsqueeze(1).unsqueeze(-1));
        var overPhrases = functional.softmax(allowed, -2);
        return (logits.MoveToOuterDisposeScope(), overPixels.MoveToOuterDisposeScope(), overPhrases.MoveToOuterDisposeScope());
    }

    Tensor? IOwnInitialValues.InitialValue(string name, long[] shape) =>
        name.StartsWith("pixels_out.", StringComparison.Ordinal) || name.StartsWith("phrases_out.", StringComparison.Ordinal)
            ? zeros(shape, device: CPU)
            : null;
}
