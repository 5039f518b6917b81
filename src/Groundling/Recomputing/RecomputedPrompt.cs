using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Recomputing;

/// <summary>
/// Gradient checkpointing of a dynamically prompted pass: each UNet block, its adapter block included, runs once more for the backward
/// pass.
/// </summary>
/// <param name="prompt">The pass's prompt; it gets what the blocks leave.</param>
/// <param name="adapter">Its adapter.</param>
/// <param name="input">Its input.</param>
/// <param name="nullPhrase">Whether pixels may attend to none of the phrases.</param>
internal sealed class RecomputedPrompt(DynamicPrompt prompt, PhraseAdapter adapter, GroundingInput input, bool nullPhrase) : IBlockRunner
{
    /// <inheritdoc/>
    public bool WantsAttention => prompt.WantsAttention;

    /// <inheritdoc/>
    public BlockPrompt PromptFor(TransformerSite site, Tensor pixels) => prompt.PromptFor(site, pixels);

    /// <inheritdoc/>
    public void Attended(TransformerSite site, BlockAttention attention) => prompt.Attended(site, attention);

    /// <inheritdoc/>
    public Tensor Run(TransformerSite site, Func<Tensor, Tensor, IPromptExchange, Tensor> block, Tensor image, Tensor time)
    {
        var cancellation = input.Cancellation;
        // A block runs again only where one of its inputs has a gradient. The first phrases have none, but the first block is the largest.
        using var phrases = prompt.Phrases.requires_grad ? prompt.Phrases.alias() : prompt.Phrases.detach().requires_grad_();
        // Nothing but its inputs may reach the block: by the time it runs again, everything else has been disposed.
        var results = Recomputation.Run(
            given =>
            {
                using var scope = NewDisposeScope();
                var own = new GroundingInput(given[2], given[3], given[4], given.ElementAtOrDefault(5)) { Cancellation = cancellation };
                using var once = new DynamicPrompt(adapter, own, nullPhrase, keepHeads: false, site.Index);
                var output = block(given[0], given[1], once).permute(0, 2, 3, 1); // as it lies in memory
                var (map, (read, prediction)) = (once.PixelReadings[0].Map, once.PhraseReadings[0]);
                Tensor[] left = [output, map.alias(), read.alias(), prediction.Masks.alias(), prediction.Classes.alias()];
                return [.. left.Select(tensor => tensor.MoveToOuterDisposeScope())];
            },
            [image, time, input.Latents, phrases, input.NullPhrase, .. input.Valid is null ? (Tensor[])[] : [input.Valid]]
        );
        prompt.Take(new(site, results[1], null), new(results[2], new(results[3], results[4])));
        return results[0].permute(0, 3, 1, 2);
    }
}
