using Groundling.Aggregation;
using Groundling.Data;
using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Recomputing;
using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling;

/// <summary>Panoptic narrative grounding by dynamic prompting of a frozen diffusion model: the whole method, top-down (Sec. 3).</summary>
/// <remarks>
/// Letters: B pictures, N phrases, C_t text width, D width after the UNet, (H_0, W_0) the network's input, (h, w) = (H_0, W_0) / 8 the
/// latents. What this module holds as parameters is what is trained. The frozen UNet and autoencoder stand beside it and stay the caller's;
/// gradients flow through them to the adapter.
/// </remarks>
public sealed class GroundingModel : Module<GroundingInput, GroundingOutput>
{
    internal const long DetailTime = 1; // the time step with the least noise (Sec. 3.1)
    private readonly (UNet UNet, Vae Vae) _frozen; // in a tuple, so that they are no components of this module
    private readonly IReadOnlyList<int> _lastBlocks;

    [ComponentName(Name = "diffusion_head")]
    private readonly DiffusionMaskHead _diffusionHead;

    [ComponentName(Name = "adapter")]
    private readonly PhraseAdapter? _adapter;

    [ComponentName(Name = "levels")]
    private readonly LevelProjection? _levels;

    [ComponentName(Name = "aggregation")]
    private readonly MutualAggregation? _aggregation;

    [ComponentName(Name = "mask_feature")]
    private readonly MaskFeature? _maskFeature;

    [ComponentName(Name = "decoder")]
    private readonly PhraseMaskDecoder? _decoder;

    /// <summary>Builds the trained parts; their weights are still to be loaded or initialised.</summary>
    /// <param name="unet">Frozen; the caller keeps it.</param>
    /// <param name="vae">Frozen; the caller keeps it.</param>
    /// <param name="config">Sizes and switches.</param>
    /// <exception cref="ModelException">The UNet has no attention at one of the strides that the decoder reads.</exception>
    public GroundingModel(UNet unet, Vae vae, GroundingConfig config)
        : base(nameof(GroundingModel))
    {
        Config = config.Validated();
        _frozen = (unet, vae);
        _lastBlocks = config.HasDecoder ? [.. Enumerable.Range(0, LevelStates.Count).Select(level => LastBlock(unet, level))] : [];
        var (phraseWidth, widths) = (unet.Config.PromptWidth, unet.Config.Widths);
        _diffusionHead = new(unet.Sites.Count);
        _adapter = config.HasAdapter ? new(unet.Sites, phraseWidth, config) : null;
        _levels = config.HasDecoder
            ? new([.. widths.Take(LevelStates.Count)], phraseWidth, config.Width, config.HasAggregation ? LevelStates.Count : 1)
            : null;
        _aggregation = config.HasAggregation ? new(config) : null;
        _maskFeature = config.HasDecoder ? new(widths[0], vae.DecoderWidth, config.Width, config.MaskFeature) : null;
        _decoder = config.HasDecoder ? new(config) : null;
        RegisterComponents();
    }

    /// <summary>The model's sizes and switches.</summary>
    public GroundingConfig Config { get; }

    /// <summary>
    /// Gradient checkpointing: whether the UNet's blocks run again for the backward pass instead of keeping what they made, where the
    /// adapter is trained.
    /// </summary>
    public bool SavesMemory { get; set; }

    /// <param name="input">Latents and phrases from the frozen encoders (<see cref="PhraseEncoder"/>, <see cref="Vae.Encode"/>).</param>
    /// <returns>The masks of all heads; the caller owns them.</returns>
    /// <exception cref="OperationCanceledException">The input's token was cancelled.</exception>
    public override GroundingOutput forward(GroundingInput input)
    {
        using var scope = NewDisposeScope();
        // 1. One pass through the frozen UNet; phrases and pixels inform each other in every block (Sec. 3.2).
        using var prompt = Prompt(input, keepHeads: false);
        var features = Read(input, prompt).Features; // [B, C_l, h, w], /2, /4
        // 2. What each block's pixels attended to is a mask already (Sec. 3.1) ...
        var diffusion = DiffusionMasks(prompt, 0, input.Phrases.shape[1]); // [B, N, H0, W0]
        // 3. ... and so is what its phrases attended to (Sec. 3.2).
        var blocks = Predictions(prompt); // L x [B, N, h_l, w_l]
        var adapter = AdapterMasks(prompt); // [B, N, h, w]
        var decoder = _decoder is null ? [] : Decode(input, features, prompt); // [B, N, H0/4, W0/4] a layer
        return new(diffusion.MoveToOuterDisposeScope(), KeptOuter(blocks), adapter?.KeepOuter(), KeptOuter(decoder));
    }

    /// <summary>
    /// The same pass for its answer alone and for those who want to look inside: what it reads and makes is kept, heads that only
    /// training needs do not run.
    /// </summary>
    /// <param name="input">As in <see cref="forward"/>.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept, not only their mean.</param>
    /// <returns>What the pass leaves; the caller owns it.</returns>
    /// <exception cref="OperationCanceledException">The input's token was cancelled.</exception>
    public GroundingPass Trace(GroundingInput input, bool keepHeads = false)
    {
        using var scope = NewDisposeScope();
        var prompt = Prompt(input, keepHeads);
        try
        {
            var unet = Read(input, prompt);
            var decoder = _decoder is null ? null : Decode(input, unet.Features, prompt)[^1].KeepOuter();
            foreach (var kept in unet.Features.Append(unet.Prediction))
                kept.MoveToOuterDisposeScope();
            return new(prompt, unet, decoder);
        }
        catch
        {
            prompt.Dispose();
            throw;
        }
    }

    /// <summary>The diffusion mask head on a pass's maps (Sec. 3.1).</summary>
    /// <param name="prompt">The pass's prompts.</param>
    /// <param name="first">The first phrase that is wanted.</param>
    /// <param name="count">How many, n.</param>
    /// <returns>[B, n, H_0, W_0] probabilities; the caller owns it.</returns>
    public Tensor DiffusionMasks(PhrasePrompt prompt, long first, long count)
    {
        using var scope = NewDisposeScope();
        var (height, width) = prompt.LatentSize;
        var (maps, stride) = (prompt.Maps.Select(map => map.narrow(1, first, count)), _frozen.Vae.Stride);
        return _diffusionHead.call([.. maps], height * stride, width * stride).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The adapter mask head on a pass's prompts (Sec. 3.2), logits [B, N, h, w]; null without adapter; the caller owns it.
    /// </summary>
    public MaskPrediction? AdapterMasks(PhrasePrompt prompt) => prompt is DynamicPrompt ? _adapter?.call(Predictions(prompt)) : null;

    /// <summary>The answer of one of the heads, as <see cref="GroundingOutput.Probabilities(Letterbox)"/> gives the usual one's.</summary>
    /// <param name="prompt">The pass's prompts.</param>
    /// <param name="decoder">The pass's last prediction of the mask decoder, where there is one.</param>
    /// <param name="letterbox">How the pictures lie in the network's input.</param>
    /// <param name="head">A head that the model has.</param>
    /// <param name="first">The first phrase that is wanted.</param>
    /// <param name="count">How many, n.</param>
    /// <returns>[B, n, H_0, W_0], padding included; the caller owns it.</returns>
    public Tensor Probabilities(PhrasePrompt prompt, MaskPrediction? decoder, Letterbox letterbox, MaskHead head, long first, long count)
    {
        using var scope = NewDisposeScope();
        var masks = head switch
        {
            MaskHead.Decoder => decoder!.Masks.narrow(1, first, count),
            MaskHead.Adapter => AdapterMasks(prompt)!.Masks.narrow(1, first, count),
            MaskHead.Diffusion => DiffusionMasks(prompt, first, count),
            _ => throw new ArgumentOutOfRangeException(nameof(head), head, "this head is read in passes of its own"),
        };
        return GroundingOutput.Probabilities(head, masks, letterbox).MoveToOuterDisposeScope();
    }

    /// <summary>How surely each phrase is in the picture: one minus the probability of "no class" (our addition).</summary>
    /// <param name="prompt">The pass's prompts.</param>
    /// <param name="decoder">The pass's last prediction of the mask decoder, where there is one.</param>
    /// <param name="head">A head that the model has.</param>
    /// <returns>
    /// [B, N] in [0, 1], the caller owns it; null where the model has not learnt it (<see cref="GroundingConfig.Presence"/> is 0), and of
    /// heads that have no classes.
    /// </returns>
    public Tensor? Presence(PhrasePrompt prompt, MaskPrediction? decoder, MaskHead head)
    {
        if (Config.Presence == 0)
            return null;
        using var scope = NewDisposeScope();
        var classes = head switch
        {
            MaskHead.Decoder => decoder!.Classes,
            MaskHead.Adapter => AdapterMasks(prompt)!.Classes,
            _ => null,
        };
        return classes?.to(float32).softmax(-1).select(-1, classes.shape[2] - 1).OneMinus().alias().MoveToOuterDisposeScope();
    }

    /// <summary>Masks without those of phrases that the model does not find in the picture.</summary>
    /// <param name="probabilities">[B, N, ...] or, of one picture, [N, ...]: all phrases of the pass.</param>
    /// <param name="prompt">The pass's prompts.</param>
    /// <param name="decoder">The pass's last prediction of the mask decoder, where there is one.</param>
    /// <param name="head">Whose masks they are.</param>
    /// <returns>
    /// The same, 0 throughout for those phrases, which the caller owns; the very tensor that was given where the model has not learnt it.
    /// </returns>
    public Tensor OfPresent(Tensor probabilities, PhrasePrompt prompt, MaskPrediction? decoder, MaskHead head)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        using var presence = Presence(prompt, decoder, head);
        if (presence is null)
            return probabilities;
        using var scope = NewDisposeScope();
        var there = presence.Plus(-Config.Presence).IsNotNegative().to(probabilities.dtype).flatten(); // [B N]
        long[] shape = [.. probabilities.shape[..^2], 1, 1];
        return (probabilities * there.view(shape)).MoveToOuterDisposeScope();
    }

    private static IReadOnlyList<MaskPrediction> KeptOuter(IReadOnlyList<MaskPrediction> predictions) =>
        [.. predictions.Select(one => one.KeepOuter())];

    private static IReadOnlyList<MaskPrediction> Predictions(PhrasePrompt prompt) =>
        prompt is DynamicPrompt dynamic ? [.. dynamic.PhraseReadings.Select(reading => reading.Prediction)] : [];

    private static int LastBlock(UNet unet, int level) =>
        unet.Sites.LastOrDefault(site => site.Stride == 1 << level)?.Index
        ?? throw new ModelException(
            $"the UNet has no transformer block at stride {8 << level}; the trained parts need one at strides 8, 16 and 32"
        );

    private UNetOutput Read(GroundingInput input, PhrasePrompt prompt)
    {
        IPromptExchange exchange =
            prompt is DynamicPrompt dynamic && Recomputes ? new RecomputedPrompt(dynamic, _adapter!, input, Config.NullPhrase) : prompt;
        return _frozen.UNet.call(input.Latents, HeldScalars.Repeated(DetailTime, 1, input.Latents.device), exchange);
    }

    /// <summary>A frozen adapter sends no gradient through the UNet: there is nothing to run again.</summary>
    private bool Recomputes => SavesMemory && _adapter!.parameters().Any(parameter => parameter.requires_grad);

    private IReadOnlyList<MaskPrediction> Decode(GroundingInput input, IReadOnlyList<Tensor> features, PhrasePrompt prompt)
    {
        // 4. Three levels of pixels, and of the phrases from the same places (Sec. 3.3).
        var phrases = _lastBlocks.Select(block => prompt is DynamicPrompt dynamic ? dynamic.PhraseReadings[block].Phrases : input.Phrases);
        var levels = _levels!.call(features, [.. phrases]); // [B, P, D]; [B, 3N, D]
        // 5. All levels of both inform each other.
        if (_aggregation is not null)
            levels = _aggregation.call(levels, input.Valid);
        // 6. The VAE decoder adds fine detail.
        var maskFeature = _maskFeature!.call(levels.ImageOf(0), features[0], input.Latents, _frozen.Vae); // [B, D, H0/4, W0/4]
        // 7. Phrases are the queries: one mask each, nothing to match. Without aggregation R_3 are the ones that have seen most.
        var queries = levels.PhrasesOf(_aggregation is null ? 0 : LevelStates.Count - 1); // [B, N, D]
        return _decoder!.call(queries, levels, maskFeature, input.Valid);
    }

    private PhrasePrompt Prompt(GroundingInput input, bool keepHeads) =>
        _adapter is null
            ? new StaticPrompt(input, Config.NullPhrase, keepHeads)
            : new DynamicPrompt(_adapter, input, Config.NullPhrase, keepHeads);
}
