using System.CommandLine;
using Groundling.Diffusion;
using Groundling.Hosting;
using Groundling.Models;
using Groundling.Torch;

namespace Groundling.Cli.Commands;

/// <summary>The options that choose a model: the frozen model, the trained parts, or static prompting in spite of them.</summary>
internal sealed class ModelOptions
{
    public Option<string?> Frozen { get; } =
        new("--model", "-m")
        {
            Description =
                "A Stable Diffusion 1.x or 2.x: a folder in the diffusers layout, a whole model's .safetensors file, or OWNER/NAME[@REVISION] of the hub; the trained parts in its folder 'grounding' are used where there are any; if not given, one that comes with the program",
            HelpName = "MODEL",
        };

    public Option<string?> Trained { get; } =
        new("--grounding", "-g")
        {
            Description =
                "Trained parts that lie elsewhere: a folder that holds 'grounding', such as a run's checkpoints/best, which says itself what --model it needs",
            HelpName = "DIR",
        };

    public Option<string?> Vae { get; } =
        new("--vae") { Description = "An autoencoder in place of the model's own: its folder or .safetensors file", HelpName = "PATH" };

    public Option<string?> Tokenizer { get; } =
        new("--tokenizer")
        {
            Description = "A tokenizer in place of the model's own; single files have none: the folder 'tokenizer' of any Stable Diffusion",
            HelpName = "DIR",
        };

    public Option<bool> Untrained { get; } =
        new("--static") { Description = "Leave the trained parts out, to compare with static prompting" };

    public Option<int?> ColourWalks { get; } =
        new("--colour-walks")
        {
            Description =
                "How many steps along the picture's colours the mask decoder's masks take, so that they end where colours do, 0 to 200; if not given, as many as the trained parts ask for",
            HelpName = "N",
        };

    public Option<bool> Yes { get; } = ModelPlace.Yes();

    public Option<bool> NoCache { get; } =
        new("--no-cache") { Description = "Neither read nor keep weights rearranged for this machine (groundling cache list)" };

    /// <summary>Whether the command line chooses a model.</summary>
    public bool AreGiven(ParseResult parsed) =>
        parsed.GetValue(Frozen) is not null || parsed.GetValue(Trained) is not null || parsed.GetValue(Untrained);

    /// <summary>What the command line chose.</summary>
    /// <exception cref="InputException">The choices contradict each other, or no default model can be made.</exception>
    /// <exception cref="Hub.HubException">The model is to be pulled first, and is not.</exception>
    public ModelChoice Read(ParseResult parsed, CancellationToken stop)
    {
        var (frozen, trained, untrained) = (parsed.GetValue(Frozen), parsed.GetValue(Trained), parsed.GetValue(Untrained));
        if (trained is not null && untrained)
            throw new InputException("--static leaves out the trained parts that --grounding names; give only one of them");
        var (vae, tokenizer) = (parsed.GetValue(Vae), parsed.GetValue(Tokenizer));
        if (frozen is null && (vae ?? tokenizer) is not null)
            throw new InputException("--vae and --tokenizer replace parts of a model; name it by --model");
        var folder =
            frozen is null && trained is not null ? ModelPlace.FrozenOf(trained)
            : frozen is null ? SceneModel.Folder
            : ModelPlace.Find(frozen, parsed.GetValue(Yes), parsed.InvocationConfiguration.Error, stop);
        return new(folder, trained, untrained, IsDefault: frozen is null && trained is null, vae, tokenizer)
        {
            PackCache = parsed.GetValue(NoCache) ? null : Groundling.Torch.PackCache.DefaultRoot,
            ColourWalks = parsed.GetValue(ColourWalks),
        };
    }
}

/// <summary>A model that the command line chose.</summary>
/// <param name="Frozen">The frozen model's folder.</param>
/// <param name="Trained">A folder of trained parts elsewhere, or null.</param>
/// <param name="Untrained">Whether trained parts are left out.</param>
/// <param name="IsDefault">Whether it is the one that is used where none is named.</param>
/// <param name="Vae">An autoencoder in place of the model's own, or null.</param>
/// <param name="Tokenizer">A tokenizer in place of the model's own, or null.</param>
internal sealed record ModelChoice(string Frozen, string? Trained, bool Untrained, bool IsDefault, string? Vae, string? Tokenizer)
{
    /// <summary>How static prompting is refined; null as the model asks for.</summary>
    public RefinementSettings? Refinement { get; init; }

    /// <summary>How many steps along colours masks take; null as the trained parts ask for.</summary>
    public int? ColourWalks { get; init; }

    /// <summary>Where rearranged weights are kept; null for nowhere.</summary>
    public string? PackCache { get; init; }

    /// <summary>Opens it where the command line says, or for one of several processes on its own card.</summary>
    public GroundingPipeline Open(Rearrangement rearrangement, ComputeDevice place) =>
        GroundingPipeline.Open(
            new GroundingPipelineOptions
            {
                Device = place.Name,
                Precision = place.Asked,
                ModelFolder = Frozen,
                Vae = Vae,
                Tokenizer = Tokenizer,
                TrainedParts = Parts,
                Rearrangement = rearrangement,
                PackCache = PackCache,
                Refinement = Refinement,
                ColourWalks = ColourWalks,
            }
        );

    /// <summary>What becomes of a place: integers where the model has them and nothing else was asked for.</summary>
    public ComputeDevice On(ComputeDevice place) => QuantizedModel.PlaceFor(Frozen, place);

    /// <summary>The same choice for a service.</summary>
    public void Share(SharedModelOptions options, DeviceChoice device)
    {
        (options.ModelFolder, options.TrainedParts, options.Vae, options.Tokenizer) = (Frozen, Parts.ToString(), Vae, Tokenizer);
        (options.PackCache, options.ColourWalks) = (PackCache, ColourWalks);
        (options.Device, options.Precision) = (device.Name ?? options.Device, device.Precision ?? options.Precision);
    }

    private TrainedParts Parts =>
        Untrained ? TrainedParts.None
        : Trained is null ? TrainedParts.Auto
        : TrainedParts.In(Trained);
}
