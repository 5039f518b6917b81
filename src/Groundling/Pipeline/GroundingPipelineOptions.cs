using Groundling.Decoding;
using Groundling.Modeling;
using Groundling.Torch;

namespace Groundling;

/// <summary>What a pipeline is opened with.</summary>
public sealed record GroundingPipelineOptions
{
    /// <summary>
    /// The frozen model: a Stable Diffusion 1.x or 2.x folder in the diffusers layout, or one safetensors file that holds a whole model.
    /// </summary>
    public required string ModelFolder { get; init; }

    /// <summary>An autoencoder in place of the model's own: a folder with its <c>config.json</c>, or its safetensors file.</summary>
    public string? Vae { get; init; }

    /// <summary>A tokenizer's folder in place of the model's own; single files have none.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Which trained parts stand beside it.</summary>
    public TrainedParts TrainedParts { get; init; } = TrainedParts.Auto;

    /// <summary>
    /// How far weights are rearranged for speed when they are first used: <see cref="Rearrangement.OnePass"/> suits a single picture,
    /// <see cref="Rearrangement.ManyPasses"/> a program that grounds several.
    /// </summary>
    public Rearrangement Rearrangement { get; init; } = Rearrangement.ManyPasses;

    /// <summary>
    /// The folder in which rearranged weights are kept, so that the next process need not rearrange them, such as
    /// <see cref="PackCache.DefaultRoot"/>; null keeps none. For a Stable Diffusion they take some gigabytes.
    /// </summary>
    public string? PackCache { get; init; }

    /// <summary>How <see cref="MaskHead.Refined"/> reads the UNet; null as the model asks for, <see cref="RefinementSettings.Of"/>.</summary>
    public RefinementSettings? Refinement { get; init; }

    /// <summary>
    /// How many steps along the picture's colours the mask decoder's masks take; null as the trained parts ask for,
    /// <see cref="GroundingConfig.ColourWalks"/>; 0 leaves them as the network makes them.
    /// </summary>
    public int? ColourWalks { get; init; }

    /// <summary>
    /// Where to compute: "auto" takes a CUDA card where libtorch can use one, else the CPU; "cpu", "cuda", or a card's number as in
    /// "cuda:1".
    /// </summary>
    public string Device { get; init; } = "auto";

    /// <summary>In which kind of number.</summary>
    public ComputePrecision Precision { get; init; } = ComputePrecision.Auto;

    /// <summary>The options, or an error that names the one that cannot be used.</summary>
    /// <exception cref="InputException">No model folder is named, or a value is none of its kind.</exception>
    public GroundingPipelineOptions Validated()
    {
        if (string.IsNullOrWhiteSpace(ModelFolder))
            throw new InputException("no model folder is named; name a Stable Diffusion 1.x or 2.x folder in the diffusers layout");
        if (TrainedParts is null)
            throw new InputException("the trained parts are null; take TrainedParts.Auto, TrainedParts.None or TrainedParts.In(folder)");
        if (!Enum.IsDefined(Rearrangement))
            throw new InputException(
                $"a rearrangement of {(int)Rearrangement} is none of {string.Join(", ", Enum.GetNames<Rearrangement>())}"
            );
        Refinement?.Validated();
        if (ColourWalks is < 0 or > ColourWalk.MostSteps)
            throw new InputException($"{ColourWalks} steps along colours are out of range: 0 to {ColourWalk.MostSteps}");
        ComputeDevice.RequireName(Device);
        if (!Enum.IsDefined(Precision))
            throw new InputException($"a precision of {(int)Precision} is none of {string.Join(", ", Enum.GetNames<ComputePrecision>())}");
        return this;
    }
}
