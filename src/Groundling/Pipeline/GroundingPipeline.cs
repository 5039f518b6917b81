using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling;

/// <summary>A picture and a caption in, a mask for every noun phrase out. Safe for use from several threads.</summary>
/// <example>
/// <code>
/// using var pipeline = GroundingPipeline.Open("stable-diffusion-v1-5");
/// var grounding = pipeline.Ground(Picture.Load("horses.jpg"), Caption.ParseBrackets("[a man] on [a grey horse]"));
/// foreach (var phrase in grounding.Phrases) Console.WriteLine($"{phrase.Span.Text}: {phrase.Mask.Area} pixels");
/// </code>
/// </example>
public sealed class GroundingPipeline : IDisposable
{
    private const long ProbabilitiesAtOnce = 1 << 25;                          // 128 MB of float32
    private readonly StableDiffusion _diffusion;
    private readonly PhraseEncoder _phrases;
    private readonly GroundingModel _model;
    private readonly bool _ownsDiffusion;

    private GroundingPipeline(StableDiffusion diffusion, GroundingModel model, string? trained, bool ownsDiffusion = true)
    {
        (_diffusion, _model, _ownsDiffusion) = (diffusion, model, ownsDiffusion);
        _phrases = new(diffusion.Tokenizer, diffusion.Text);
        Origin = new(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(diffusion.Path))), trained, MethodOf(model.Config.Parts, trained is not null), NameOf(HeadOf(null)));
    }

    /// <summary>The frozen model.</summary>
    public StableDiffusion Diffusion => _diffusion;

    /// <summary>The whole model; its parts are untrained, and only those of static prompting, where no trained ones were opened.</summary>
    public GroundingModel Model => _model;

    /// <summary>What makes the masks.</summary>
    public GroundingOrigin Origin { get; }

    /// <summary>A pixel belongs to a phrase when its probability is greater, unless <see cref="GroundingOptions.Threshold"/> says otherwise.</summary>
    public double Threshold => _model.Config.Threshold;

    /// <summary>The network's longer side, in pixels, that the model was trained at.</summary>
    public int NativeSize => _model.Config.Size > 0 ? _model.Config.Size : (int)(_diffusion.UNet.Config.SampleSize * _diffusion.Vae.Stride);

    /// <summary>Opens a model folder, and the trained parts where there are any; without them phrases are grounded by static prompting.</summary>
    /// <param name="modelFolder">A Stable Diffusion 1.x or 2.x folder in the diffusers layout; trained parts lie in its folder <c>grounding</c>.</param>
    /// <param name="extent">How far weights are rearranged for speed; <see cref="Rearrangement.OnePass"/> suits a single picture.</param>
    /// <param name="trained">A folder of trained parts elsewhere (see <see cref="GroundingCheckpoint.Files"/>), instead of those in the model folder.</param>
    /// <param name="untrained">Whether trained parts are left out, to compare with static prompting.</param>
    /// <exception cref="ModelException">The folder holds another kind of model, or a part is missing or malformed.</exception>
    /// <exception cref="WeightsException">A weight file is damaged or does not fit its config, or the trained parts do not fit the frozen model.</exception>
    /// <exception cref="InputException">There are no trained parts in the folder given for them, or their config cannot be read.</exception>
    public static GroundingPipeline Open(string modelFolder, Rearrangement extent = Rearrangement.ManyPasses, string? trained = null, bool untrained = false)
    {
        if (untrained) trained = null;
        else trained ??= GroundingCheckpoint.Exists(modelFolder) ? modelFolder : null;
        if (trained is not null) _ = GroundingCheckpoint.Files(trained);       // a wrong path shows before the seconds that a large model takes
        var diffusion = StableDiffusion.Open(modelFolder, extent);
        try
        {
            var model = trained is null ? Untrained(diffusion)
                : GroundingCheckpoint.Load(trained, diffusion.UNet, diffusion.Vae);
            return new(diffusion, model.Freeze(extent), trained);
        }
        catch
        {
            diffusion.Dispose();
            throw;
        }
    }

    /// <summary>The same frozen model by static prompting, to compare with; it holds no weights of its own, and serves as long as this one.</summary>
    public GroundingPipeline WithoutTrainedParts() => new(_diffusion, Untrained(_diffusion).Freeze(Rearrangement.None), trained: null, ownsDiffusion: false);

    /// <summary>Grounds every phrase of a caption in a picture.</summary>
    /// <exception cref="InputException">An option is out of range, or a phrase cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; it is looked at between and within the stages.</exception>
    public Grounding Ground(Picture picture, Caption caption, GroundingOptions? options = null, CancellationToken cancellation = default)
    {
        options = (options ?? new()).Validated();
        using var frozen = no_grad();
        using var trace = Trace(picture, caption, options, keepHeads: false, cancellation);
        return Ground(trace, picture, caption, options, cancellation);
    }

    /// <summary>Grounds many pictures, in their order; the next one is read and decoded while the model works, and no more than one is ahead.</summary>
    /// <param name="pictures">Asked for one at a time, on a thread of the pool.</param>
    /// <param name="options">Size and threshold of all.</param>
    /// <param name="cancellation">Looked at between and within the stages; the enumeration then ends with <see cref="OperationCanceledException"/>.</param>
    /// <returns>A result for each picture: one that cannot be read or grounded is a result with its fault, and the others go on. Any other exception ends the enumeration.</returns>
    /// <exception cref="InputException">An option is out of range.</exception>
    public IAsyncEnumerable<GroundingResult> GroundAsync(IAsyncEnumerable<CaptionedPicture> pictures, GroundingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return GroundingStream.Of(this, pictures, (options ?? new()).Validated(), cancellation);
    }

    /// <inheritdoc cref="GroundAsync(IAsyncEnumerable{CaptionedPicture}, GroundingOptions?, CancellationToken)"/>
    public IAsyncEnumerable<GroundingResult> GroundAsync(IEnumerable<CaptionedPicture> pictures, GroundingOptions? options = null, CancellationToken cancellation = default)
        => GroundAsync(pictures.ToAsyncEnumerable(), options, cancellation);

    /// <summary>The masks of a pass that was made already, at any threshold.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Grounding Ground(GroundingTrace trace, Picture picture, Caption caption, GroundingOptions options, CancellationToken cancellation = default)
    {
        using var frozen = no_grad();
        var head = HeadOf(options.Validated().Head);
        return new(picture, caption, Masks(trace, picture, caption, head, options.Threshold ?? Threshold, cancellation)) { Warnings = [.. Warnings(trace), .. UnreadWords(caption)], Origin = Origin with { MaskHead = NameOf(head) } };
    }

    /// <summary>The pass behind <see cref="Ground(Picture, Caption, GroundingOptions?, CancellationToken)"/> with everything it makes, for those who want to look inside.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="caption">The caption.</param>
    /// <param name="options">Size.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept, not only their mean.</param>
    /// <param name="cancellation">Looked at between and within the stages.</param>
    public GroundingTrace Trace(Picture picture, Caption caption, GroundingOptions? options = null, bool keepHeads = true, CancellationToken cancellation = default)
    {
        using var encoded = Encode(picture, options, cancellation);
        return Trace(encoded, caption, keepHeads, cancellation);
    }

    /// <summary>The part of a pass that knows the picture alone, nearly half of it; several captions can share it.</summary>
    /// <returns>Latents; the caller owns them.</returns>
    /// <exception cref="InputException">The size is out of range.</exception>
    public EncodedPicture Encode(Picture picture, GroundingOptions? options = null, CancellationToken cancellation = default)
    {
        options = (options ?? new()).Validated();
        cancellation.ThrowIfCancellationRequested();
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        RequireSize(picture, options);
        var letterbox = Letterbox.Fit(picture.Width, picture.Height, options.Size ?? NativeSize);
        var image = tensor(letterbox.ToNetwork(picture), [1, 3, letterbox.Height, letterbox.Width]);
        return new(letterbox, image.DetachFromDisposeScope(), _diffusion.Vae.Encode(image).DetachFromDisposeScope());      // [1, 4, H/8, W/8]
    }

    /// <summary>The rest of the pass.</summary>
    public GroundingTrace Trace(EncodedPicture picture, Caption caption, bool keepHeads = true, CancellationToken cancellation = default)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        cancellation.ThrowIfCancellationRequested();
        // Caption -> one state a phrase. Frozen.
        var states = _phrases.Encode(caption);                                 // [N, Ct]
        cancellation.ThrowIfCancellationRequested();
        // One UNet pass, in which every block says where each phrase is, and the trained parts where there are any.
        var (image, latents) = (picture.Image.alias(), picture.Latents.alias());
        var input = new GroundingInput(latents, states.Phrases.unsqueeze(0), states.NullPhrase.unsqueeze(0), null) { Cancellation = cancellation };
        var (prompt, unet, decoder) = _model.Trace(input, keepHeads);          // 16 attention maps; 4 levels; [1, N, H/4, W/4]
        foreach (var kept in (Tensor?[])[image, latents, states.Words, states.NullPhrase, states.Phrases, unet.Prediction, .. unet.Features, decoder?.Masks, decoder?.Classes])
            kept?.MoveToOuterDisposeScope();
        return new(picture.Letterbox, image, latents, states, prompt, unet, decoder);
    }

    /// <summary>The answer's probabilities.</summary>
    /// <param name="trace">The pass.</param>
    /// <param name="head">Whose; null as in <see cref="GroundingOptions.Head"/>.</param>
    /// <returns>[N, H_0, W_0] at the network's size, padding included; the caller owns it.</returns>
    /// <exception cref="InputException">The model has no such head.</exception>
    public Tensor Probabilities(GroundingTrace trace, MaskHead? head = null)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        return Probabilities(trace, HeadOf(head), 0, trace.Caption.Phrases.shape[0]).MoveToOuterDisposeScope();
    }

    /// <summary>What the reader should know before trusting a pass: weights that hold no numbers, or attention that overflowed; usually empty.</summary>
    public IReadOnlyList<string> Warnings(GroundingTrace trace)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var made = trace.Decoder is null ? trace.Prompt.Maps : trace.Prompt.Maps.Append(trace.Decoder.Masks);
        if (made.All(values => values.isfinite().all().item<bool>())) return [];
        var faults = new (string Part, Module Module)[] { ("text_encoder", _diffusion.Text), ("vae", _diffusion.Vae), ("unet", _diffusion.UNet), (GroundingCheckpoint.Folder, _model) }
            .SelectMany(part => part.Module.NonFinite().Select(tensor => $"{part.Part}: {tensor.Name} holds values that are not numbers ({tensor.Count})")).ToList();
        return faults.Count == 0 ? [$"{_diffusion.Path}: the attention overflowed; the masks mean nothing"]
            : [$"{_diffusion.Path}: {faults[0]}{(faults.Count > 1 ? $" (and {faults.Count - 1} more tensors)" : "")}; the masks mean nothing: get the weights again"];
    }

    private IEnumerable<string> UnreadWords(Caption caption) => _diffusion.UnreadWords(caption.Phrases.Select(phrase => phrase.Text)) is { } warning ? [warning] : [];

    /// <summary>Disposes the model.</summary>
    public void Dispose()
    {
        _model.Dispose();
        if (_ownsDiffusion) _diffusion.Dispose();
    }

    private static GroundingModel Untrained(StableDiffusion diffusion) => new(diffusion.UNet, diffusion.Vae, new() { Parts = GroundingParts.Static });

    /// <summary>The parts of the method that are at work, in words, with the mask head where it is not the usual one.</summary>
    /// <exception cref="InputException">The model has no such head.</exception>
    public string MethodBy(MaskHead? head) => HeadOf(head) == HeadOf(null) ? Origin.Method : $"{Origin.Method}; {NameOf(head!.Value)} mask head";

    /// <summary>The head that answers.</summary>
    /// <param name="wanted">As in <see cref="GroundingOptions.Head"/>.</param>
    /// <exception cref="InputException">The model has no such head.</exception>
    public MaskHead HeadOf(MaskHead? wanted)
    {
        var config = _model.Config;
        var missing = wanted switch
        {
            MaskHead.Decoder when !config.HasDecoder => "mask decoder",
            MaskHead.Adapter when !config.HasAdapter => "phrase adapter",
            _ => null,
        };
        if (missing is not null) throw new InputException($"{Origin.Model} has no trained {missing}, so there is no {NameOf(wanted!.Value)} head; the diffusion head needs none");
        return wanted ?? (config.HasDecoder ? MaskHead.Decoder : MaskHead.Diffusion);
    }

    internal static string NameOf(MaskHead head) => head.ToString().ToLowerInvariant();

    private Tensor Probabilities(GroundingTrace trace, MaskHead head, long first, long count)
    {
        using var scope = NewDisposeScope();
        using var adapter = head == MaskHead.Adapter ? _model.AdapterMasks(trace.Prompt) : null;
        var logits = head == MaskHead.Decoder ? trace.Decoder?.Masks : adapter?.Masks;
        var batch = logits is null ? DiffusionMaskHead.Shares(_model.DiffusionMasks(trace.Prompt, first, count), trace.Letterbox)
            : MaskPrediction.Probabilities(logits.narrow(1, first, count), trace.Letterbox.Height, trace.Letterbox.Width);
        return batch.squeeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>Masks at the picture's own size, a few phrases at a time so that memory does not grow with their number.</summary>
    private List<GroundedPhrase> Masks(GroundingTrace trace, Picture picture, Caption caption, MaskHead head, double threshold, CancellationToken cancellation)
    {
        var letterbox = trace.Letterbox;
        var largest = Math.Max((long)picture.Width * picture.Height, (long)letterbox.Width * letterbox.Height);
        var atOnce = (int)Math.Clamp(ProbabilitiesAtOnce / largest, 1, 64);
        var grounded = new List<GroundedPhrase>();
        for (var first = 0; first < caption.Phrases.Count; first += atOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(atOnce, caption.Phrases.Count - first);
            var content = Probabilities(trace, head, first, count)[.., ..letterbox.ContentHeight, ..letterbox.ContentWidth];
            var full = content.shape[1] == picture.Height && content.shape[2] == picture.Width ? content
                : functional.interpolate(content.unsqueeze(0), size: [picture.Height, picture.Width], mode: InterpolationMode.Bilinear, align_corners: false).squeeze(0);
            var inside = full.IsAbove(threshold);                              // [n, height, width]
            for (var i = 0; i < count; i++)
            {
                using var phraseScope = NewDisposeScope();
                var mask = RunLengthMask.FromBytes(inside[i].to(uint8).contiguous().bytes, picture.Width, picture.Height);
                var score = mask.Area == 0 ? 0 : full[i].masked_select(inside[i]).mean().item<float>();
                grounded.Add(new(caption.Phrases[first + i], score, mask));
            }
        }
        return grounded;
    }

    internal static string MethodOf(GroundingParts parts, bool trained) => parts switch
    {
        GroundingParts.Static => trained ? "static prompting, trained block weights" : "static prompting",
        GroundingParts.Decoder => "static prompting, mask decoder",
        GroundingParts.DecoderAndAggregation => "static prompting, mutual aggregation, mask decoder",
        GroundingParts.DecoderAndAdapter => "dynamic prompting, mask decoder",
        _ => "dynamic prompting, mutual aggregation, mask decoder",
    };

    private static void RequireSize(Picture picture, GroundingOptions options)
    {
        var longer = Math.Max(picture.Width, picture.Height);
        if (options.Size == 0 && longer > GroundingOptions.LargestSize)
            throw new InputException($"a picture of {picture.Width} x {picture.Height} pixels is too large for its own size to be kept (size 0): {GroundingOptions.LargestSize} at most; give a size");
    }
}
