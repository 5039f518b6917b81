using Groundling.Torch;

namespace Groundling.Hosting;

/// <summary>The model that an application shares, as its configuration names it.</summary>
/// <remarks>
/// The same choices as <see cref="GroundingPipelineOptions"/>, in a form that configuration files and environment variables can hold.
/// </remarks>
public sealed class SharedModelOptions
{
    /// <summary>The frozen model: a Stable Diffusion 1.x or 2.x, as a folder in the diffusers layout or one .safetensors file.</summary>
    public string ModelFolder { get; set; } = "";

    /// <summary>An autoencoder in place of the model's own: its folder or .safetensors file; null for the model's own.</summary>
    public string? Vae { get; set; }

    /// <summary>A tokenizer's folder in place of the model's own; null for the model's own.</summary>
    public string? Tokenizer { get; set; }

    /// <summary>
    /// Which trained parts stand beside it: "auto", "none", or a folder; see <see cref="Groundling.TrainedParts.Parse"/>.
    /// </summary>
    public string TrainedParts { get; set; } = Groundling.TrainedParts.Auto.ToString();

    /// <summary>How far weights are rearranged for speed.</summary>
    public Rearrangement Rearrangement { get; set; } = Rearrangement.ManyPasses;

    /// <inheritdoc cref="GroundingPipelineOptions.PackCache"/>
    public string? PackCache { get; set; }

    /// <inheritdoc cref="GroundingPipelineOptions.ColourWalks"/>
    public int? ColourWalks { get; set; }

    /// <summary>
    /// Where to compute: "auto" takes a CUDA card where libtorch can use one, else the CPU; "cpu", "cuda", or a card's number as in
    /// "cuda:1".
    /// </summary>
    public string Device { get; set; } = "auto";

    /// <summary>In which kind of number.</summary>
    public ComputePrecision Precision { get; set; } = ComputePrecision.Auto;

    /// <summary>Whether the model is opened when the host starts, beside the start; otherwise when it is first asked for.</summary>
    public bool OpensAtStart { get; set; } = true;

    /// <summary>The options that the pipeline is opened with.</summary>
    /// <exception cref="InputException">No model folder is named, there is none of that name, or a value is none of its kind.</exception>
    public GroundingPipelineOptions ToPipelineOptions()
    {
        if (string.IsNullOrWhiteSpace(TrainedParts))
            throw new InputException("Groundling's TrainedParts is empty; write \"auto\", \"none\" or a folder");
        var options = new GroundingPipelineOptions
        {
            ModelFolder = ModelFolder,
            Vae = Vae,
            Tokenizer = Tokenizer,
            TrainedParts = Groundling.TrainedParts.Parse(TrainedParts),
            Rearrangement = Rearrangement,
            Device = Device,
            Precision = Precision,
            PackCache = PackCache,
            ColourWalks = ColourWalks,
        };
        return options.Validated();
    }
}
