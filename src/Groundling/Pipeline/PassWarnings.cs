using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling;

/// <summary>What the reader should know before trusting a pass.</summary>
internal sealed class PassWarnings(StableDiffusion diffusion, GroundingModel model)
{
    /// <summary>Weights that hold no numbers, or attention that overflowed.</summary>
    public IReadOnlyList<string> Of(GroundingTrace trace)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var made = trace.Decoder is null ? trace.Prompt.Maps : trace.Prompt.Maps.Append(trace.Decoder.Masks);
        if (stack(made.Select(values => values.isfinite().all())).all().item<bool>())
            return []; // one answer from a card, not many
        var parts = new (string Name, Module Module)[]
        {
            ("text_encoder", diffusion.Text),
            ("vae", diffusion.Vae),
            ("unet", diffusion.UNet),
            (GroundingFolder.Name, model),
        };
        var faults = parts
            .SelectMany(part =>
                part.Module.NonFinite().Select(tensor => $"{part.Name}: {tensor.Name} holds values that are not numbers ({tensor.Count})")
            )
            .ToList();
        if (faults.Count == 0)
            return [$"{diffusion.Path}: the attention overflowed; the masks mean nothing"];
        var others = faults.Count > 1 ? $" (and {faults.Count - 1} more tensors)" : "";
        return [$"{diffusion.Path}: {faults[0]}{others}; the masks mean nothing: get the weights again"];
    }

    /// <summary>Words that the text encoder never read.</summary>
    public IEnumerable<string> Of(Caption caption) =>
        diffusion.UnreadWords(caption.Phrases.Select(phrase => phrase.Text)) is { } warning ? [warning] : [];
}
