using Groundling.Data;
using static TorchSharp.torch;

namespace Groundling.Evaluation;

/// <summary>The whole picture for every phrase.</summary>
/// <param name="size">The network's longer side; 0 keeps each picture's own.</param>
public sealed class WholeImageBaseline(int size) : IPhraseSegmenter
{
    private const int Stride = 4;

    /// <inheritdoc/>
    public string Name => "whole image";

    /// <inheritdoc/>
    public int Size => size;

    /// <inheritdoc/>
    public PhraseProbabilities Segment(EvaluationCase given, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(given);
        var letterbox = Letterbox.Fit(given.Truth[0].Width, given.Truth[0].Height, size);
        using var scope = NewDisposeScope();
        var content = zeros(letterbox.Height, letterbox.Width, device: CPU);
        content[..letterbox.ContentHeight, ..letterbox.ContentWidth] = 1f;
        // Edge cells that padding shares stay wholly inside: the picture is all there is.
        var map = content.reshape(letterbox.Height / Stride, Stride, letterbox.Width / Stride, Stride).amax([1, 3]);
        return new(letterbox, map.unsqueeze(0).repeat(given.Truth.Count, 1, 1).MoveToOuterDisposeScope());
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose() { }
}
