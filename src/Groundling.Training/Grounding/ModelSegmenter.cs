using Groundling.Data;
using Groundling.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>The masks of a model that is being trained.</summary>
/// <param name="encoders">The frozen encoders; the caller keeps them.</param>
/// <param name="model">The model; the caller keeps it.</param>
/// <param name="size">The network's longer side in pixels.</param>
internal sealed class ModelSegmenter(FrozenEncoders encoders, GroundingModel model, int size) : IPhraseSegmenter
{
    /// <inheritdoc/>
    public string Name => "training";

    /// <inheritdoc/>
    public int Size => size;

    /// <inheritdoc/>
    public PhraseProbabilities Segment(EvaluationCase given, CancellationToken cancellation = default)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var example = given.Example;
        var letterbox = Letterbox.Fit(given.Picture.Width, given.Picture.Height, size);
        var input = EncodedNarrative.Batch([
            encoders.Encode(encoders.Read(example.PicturePath, example.Caption, letterbox, mirrored: false)),
        ]);
        using var precision = encoders.Diffusion.Place.BeginPass();
        using var pass = model.Trace(input with { Cancellation = cancellation });
        var phrases = pass.Prompt.Maps[0].shape[1];
        return new(
            letterbox,
            model
                .OfPresent(
                    model.Probabilities(pass.Prompt, pass.Decoder, letterbox, model.Config.AnsweringHead, 0, phrases),
                    pass.Prompt,
                    pass.Decoder,
                    model.Config.AnsweringHead
                )
                .squeeze(0)
                .to(float32)
                .alias()
                .MoveToOuterDisposeScope()
        );
    }

    /// <inheritdoc/>
    public void Dispose() { }
}
