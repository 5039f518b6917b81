using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling;

/// <summary>A picture and a caption in, a mask for every noun phrase out, by a model folder. Safe for use from several threads.</summary>
/// <remarks>What <see cref="Diffusion"/> and <see cref="Model"/> are asked directly must have ended before the pipeline is disposed.</remarks>
/// <example>
/// <code>
/// using var pipeline = GroundingPipeline.Open("stable-diffusion-v1-5");
/// var grounding = pipeline.Ground(Picture.Load("horses.jpg"), Caption.ParseBrackets("[a man] on [a grey horse]"));
/// foreach (var phrase in grounding.Phrases) Console.WriteLine($"{phrase.Span.Text}: {phrase.Mask.Area} pixels");
/// </code>
/// </example>
public sealed class GroundingPipeline : IGroundingPipeline, IDisposable
{
    private readonly PicturePass _pass;
    private readonly MaskReader _reader;
    private readonly PassWarnings _warnings;
    private readonly RefinementSettings _refinement;
    private readonly PassGate _gate;
    private readonly bool _ownsDiffusion;

    private GroundingPipeline(
        StableDiffusion diffusion,
        GroundingModel model,
        string? trained,
        RefinementSettings refinement,
        int? colourWalks,
        PassGate? owner = null
    )
    {
        var walks = colourWalks ?? model.Config.ColourWalks;
        var name = ModelFolder.NameOf(diffusion.Path);
        (Diffusion, Model, _ownsDiffusion, _gate) = (diffusion, model, owner is null, new(this, owner));
        (_pass, _warnings, _refinement) = (new(diffusion, model), new(diffusion, model), refinement);
        _reader = new(model, new(diffusion, refinement), walks, name);
        Origin = new(name, trained, MethodNames.Of(model.Config.Parts, trained is not null, walks), MethodNames.Of(_reader.HeadOf(null)));
    }

    /// <summary>The frozen model.</summary>
    public StableDiffusion Diffusion { get; }

    /// <summary>The whole model; its parts are untrained, and only those of static prompting, where no trained ones were opened.</summary>
    public GroundingModel Model { get; }

    /// <inheritdoc/>
    public GroundingOrigin Origin { get; }

    /// <inheritdoc/>
    public double Threshold => Model.Config.Threshold;

    /// <summary>The threshold of one of the heads, where no other is asked for.</summary>
    /// <param name="head">As in <see cref="GroundingOptions.Head"/>.</param>
    public double ThresholdOf(MaskHead? head) => head == MaskHead.Refined ? _refinement.Threshold : Threshold;

    /// <summary>The network's longer side, in pixels, that the model was trained at.</summary>
    public int NativeSize => Model.Config.Size > 0 ? Model.Config.Size : (int)(Diffusion.UNet.Config.SampleSize * Diffusion.Vae.Stride);

    /// <summary>
    /// Opens a model folder, and the trained parts in it where there are any; without them phrases are grounded by static prompting.
    /// </summary>
    /// <param name="modelFolder">As <see cref="GroundingPipelineOptions.ModelFolder"/>.</param>
    /// <inheritdoc cref="Open(GroundingPipelineOptions, IProgress{OpeningProgress}?, CancellationToken)" path="/exception"/>
    public static GroundingPipeline Open(string modelFolder) => Open(new GroundingPipelineOptions { ModelFolder = modelFolder });

    /// <summary>Opens a model.</summary>
    /// <param name="options">The model folder, the trained parts, and what the weights are made ready for.</param>
    /// <param name="progress">Told as each part begins, and at the end.</param>
    /// <param name="cancellation">Looked at between the parts.</param>
    /// <exception cref="EngineException">There is no libtorch, or it cannot be loaded; the message names the package to add.</exception>
    /// <exception cref="ModelException">The folder holds another kind of model, or a part is missing or malformed.</exception>
    /// <exception cref="WeightsException">
    /// A weight file is damaged or does not fit its config, or the trained parts do not fit the frozen model.
    /// </exception>
    /// <exception cref="InputException">
    /// An option cannot be used, there are no trained parts in the folder given for them, or their config cannot be read.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static GroundingPipeline Open(
        GroundingPipelineOptions options,
        IProgress<OpeningProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        return Open(options.Validated(), ComputeDevice.Find(options.Device, options.Precision), progress, cancellation);
    }

    internal static GroundingPipeline Open(
        GroundingPipelineOptions options,
        ComputeDevice place,
        IProgress<OpeningProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var refinement = options.Refinement ?? RefinementSettings.Of(options.ModelFolder);
        var (diffusion, model, trained) = PipelineOpening.Open(options, place, progress, cancellation);
        return new(diffusion, model, trained, refinement, options.ColourWalks);
    }

    /// <inheritdoc cref="Open(string)" path="/summary|/exception"/>
    /// <param name="modelFolder">As <see cref="GroundingPipelineOptions.ModelFolder"/>.</param>
    /// <param name="progress">Told as each part begins, and at the end.</param>
    /// <param name="cancellation">Looked at between the parts.</param>
    /// <returns>The pipeline, opened on a thread of the pool; the caller owns it.</returns>
    public static Task<GroundingPipeline> OpenAsync(
        string modelFolder,
        IProgress<OpeningProgress>? progress = null,
        CancellationToken cancellation = default
    ) => OpenAsync(new GroundingPipelineOptions { ModelFolder = modelFolder }, progress, cancellation);

    /// <inheritdoc cref="Open(GroundingPipelineOptions, IProgress{OpeningProgress}?, CancellationToken)"/>
    /// <returns>The pipeline, opened on a thread of the pool; the caller owns it.</returns>
    public static Task<GroundingPipeline> OpenAsync(
        GroundingPipelineOptions options,
        IProgress<OpeningProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Task.Run(() => Open(options, progress, cancellation), cancellation);

    /// <summary>
    /// The same frozen model by static prompting, to compare with; it holds no weights of its own, and serves as long as this one.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public GroundingPipeline WithoutTrainedParts()
    {
        using var pass = _gate.Begin();
        return new(
            Diffusion,
            PipelineOpening.Untrained(Diffusion).Freeze(Rearrangement.None),
            trained: null,
            _refinement,
            colourWalks: null,
            _gate
        );
    }

    /// <inheritdoc/>
    public Grounding Ground(Picture picture, Caption caption, GroundingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(caption);
        options = (options ?? new()).Validated();
        _ = HeadOf(options.Head); // before the work of a pass
        using var trace = Trace(picture, caption, options, keepHeads: false, cancellation);
        return Ground(trace, picture, caption, options, cancellation);
    }

    /// <summary>The masks of a pass that was made already, at any threshold.</summary>
    /// <param name="trace">The pass.</param>
    /// <param name="picture">The picture it read.</param>
    /// <param name="caption">The caption it read.</param>
    /// <param name="options">Threshold and mask head.</param>
    /// <param name="cancellation">Looked at between a few phrases and the next.</param>
    /// <exception cref="InputException">The threshold is out of range, or the model has no such head.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public Grounding Ground(
        GroundingTrace trace,
        Picture picture,
        Caption caption,
        GroundingOptions options,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        using var pass = _gate.Begin();
        var head = HeadOf(options.Validated().Head);
        return new(picture, caption, _reader.Masks(trace, picture, caption, head, options.Threshold ?? ThresholdOf(head), cancellation))
        {
            Warnings = [.. _warnings.Of(trace), .. _warnings.Of(caption)],
            Origin = Origin with { MaskHead = MethodNames.Of(head) },
        };
    }

    /// <summary>The part of a pass that knows the picture alone, nearly half of it; several captions can share it.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="options">Size.</param>
    /// <param name="cancellation">Looked at once, before the work.</param>
    /// <returns>Latents; the caller owns them.</returns>
    /// <exception cref="InputException">The size is out of range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public EncodedPicture Encode(Picture picture, GroundingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using var pass = _gate.Begin();
        return _pass.Encode(picture, (options ?? new()).Validated().Size ?? NativeSize, cancellation);
    }

    /// <summary>The rest of the pass, with everything it makes.</summary>
    /// <param name="picture">What <see cref="Encode"/> made.</param>
    /// <param name="caption">The caption.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept, not only their mean.</param>
    /// <param name="cancellation">Looked at between and within the stages.</param>
    /// <returns>The caller owns it.</returns>
    /// <exception cref="InputException">A phrase cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public GroundingTrace Trace(EncodedPicture picture, Caption caption, bool keepHeads = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(caption);
        using var pass = _gate.Begin();
        return _pass.Trace(picture, caption, keepHeads, cancellation);
    }

    /// <summary>
    /// The pass behind <see cref="Ground(Picture, Caption, GroundingOptions?, CancellationToken)"/> with everything it makes, for those who
    /// want to look inside.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="caption">The caption.</param>
    /// <param name="options">Size.</param>
    /// <param name="keepHeads">Whether the attention of each head is kept, not only their mean.</param>
    /// <param name="cancellation">Looked at between and within the stages.</param>
    /// <returns>The caller owns it.</returns>
    /// <exception cref="InputException">The size is out of range, or a phrase cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public GroundingTrace Trace(
        Picture picture,
        Caption caption,
        GroundingOptions? options = null,
        bool keepHeads = true,
        CancellationToken cancellation = default
    )
    {
        using var encoded = Encode(picture, options, cancellation);
        return Trace(encoded, caption, keepHeads, cancellation);
    }

    /// <summary>The answer's probabilities; 0 throughout for phrases that the model does not find in the picture.</summary>
    /// <param name="trace">The pass.</param>
    /// <param name="head">Whose; null as in <see cref="GroundingOptions.Head"/>.</param>
    /// <param name="cancellation">Looked at in every block of <see cref="MaskHead.Refined"/>'s passes.</param>
    /// <returns>[N, H_0, W_0] at the network's size, padding included; the caller owns it.</returns>
    /// <exception cref="InputException">The model has no such head.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public Tensor Probabilities(GroundingTrace trace, MaskHead? head = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using var pass = _gate.Begin();
        return _reader.Probabilities(trace, HeadOf(head), cancellation);
    }

    /// <summary>
    /// What the reader should know before trusting a pass: weights that hold no numbers, or attention that overflowed; usually empty.
    /// </summary>
    /// <param name="trace">The pass.</param>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public IReadOnlyList<string> Warnings(GroundingTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        using var pass = _gate.Begin();
        return _warnings.Of(trace);
    }

    /// <summary>The head that answers.</summary>
    /// <param name="wanted">As in <see cref="GroundingOptions.Head"/>.</param>
    /// <exception cref="InputException">The model has no such head.</exception>
    public MaskHead HeadOf(MaskHead? wanted) => _reader.HeadOf(wanted);

    /// <summary>The parts of the method that are at work, in words, with the mask head where it is not the usual one.</summary>
    /// <param name="head">As in <see cref="GroundingOptions.Head"/>.</param>
    /// <exception cref="InputException">The model has no such head.</exception>
    public string MethodBy(MaskHead? head) =>
        HeadOf(head) == HeadOf(null) ? Origin.Method
        : head == MaskHead.Refined ? $"{Origin.Method}; {MethodNames.Of(MaskHead.Refined)} mask head ({_refinement})"
        : $"{Origin.Method}; {MethodNames.Of(head!.Value)} mask head";

    /// <summary>Waits for the passes that run in other threads, and disposes the model; later ones are refused.</summary>
    public void Dispose()
    {
        if (!_gate.Close())
            return;
        Model.Dispose();
        if (_ownsDiffusion)
            Diffusion.Dispose();
    }
}
