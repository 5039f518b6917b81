using Groundling.Diffusion;
using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>Everything that decides what a pretraining does.</summary>
public sealed record PretrainConfig
{
    private const string VaeStage = "vae",
        TextStage = "text";

    /// <summary>The sizes: a preset's name.</summary>
    public string Model { get; init; } = ModelPreset.Scenes.Name;

    /// <summary>The folder of a model to keep parts of, and to go on with, relative to the config; empty begins with nothing.</summary>
    public string Initial { get; init; } = "";

    /// <summary>
    /// The stages that are not trained but taken from <see cref="Initial"/>, separated by commas: "vae,text". Where both are, the UNet
    /// begins with that model's, which has learnt from these latents and words; else with nothing.
    /// </summary>
    public string Keep { get; init; } = "";

    /// <summary>On what.</summary>
    public PretrainingDataSettings Data { get; init; } = new();

    /// <summary>The first stage: the autoencoder.</summary>
    public AutoencoderSettings Vae { get; init; } = new();

    /// <summary>The second stage: the text encoder.</summary>
    public TextSettings Text { get; init; } = new();

    /// <summary>The third stage: the UNet.</summary>
    public DiffusionSettings Diffusion { get; init; } = new();

    /// <summary>Reads and checks a config file; what it leaves out has its default, comments are allowed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="changes">Values to take instead of the file's: "vae.steps=40".</param>
    /// <exception cref="InputException">
    /// The file cannot be read, or has an unknown key; a change names no key; a value is out of range.
    /// </exception>
    public static PretrainConfig Read(string path, params IEnumerable<string> changes)
    {
        const string what = "pretraining config";
        var json = ReadText(path);
        try
        {
            var config = Parse<PretrainConfig>(ConfigChanges.Apply<PretrainConfig>(json, new PretrainConfig(), changes, what), what)
                .Validated();
            return config.Initial.Length == 0
                ? config
                : config with
                {
                    Initial = Path.GetFullPath(config.Initial, Path.GetDirectoryName(Path.GetFullPath(path))!),
                };
        }
        catch (InputException e)
        {
            throw new InputException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Whether the first stage is trained, or kept.</summary>
    internal bool TrainsVae => !Kept.Contains(VaeStage);

    /// <summary>Whether the second stage is trained, or kept.</summary>
    internal bool TrainsText => !Kept.Contains(TextStage);

    private string[] Kept => Keep.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private PretrainConfig Validated()
    {
        Require(
            ModelPreset.All.Any(preset => preset.Name == Model),
            "model",
            Model,
            $"one of {string.Join(", ", ModelPreset.All.Select(preset => preset.Name))} is needed"
        );
        Require(Data is not null, "data", Data, "an object is needed");
        Require(Vae is not null, "vae", Vae, "an object is needed");
        Require(Text is not null, "text", Text, "an object is needed");
        Require(Diffusion is not null, "diffusion", Diffusion, "an object is needed");
        Data!.RequireRanges();
        Require(Initial is not null, "initial", Initial, "a model's folder, or an empty text, is needed");
        Require(
            Keep is not null && Kept.All(stage => stage is VaeStage or TextStage),
            "keep",
            Keep,
            $"{VaeStage} and {TextStage}, separated by commas, or an empty text, is needed"
        );
        Require(
            (Initial!.Length > 0) == (Kept.Length > 0),
            "keep",
            Keep,
            "what is kept comes from 'initial', and of 'initial' something is kept"
        );
        if (TrainsVae)
            Vae!.RequireOwnRanges(VaeStage);
        if (TrainsText)
            Text!.RequireOwnRanges(TextStage);
        Diffusion!.RequireOwnRanges("diffusion");
        Require(
            Diffusion!.CoarseSteps == 0 || Data.Side % 128 == 0,
            "data.side",
            Data.Side,
            "a multiple of 128 is needed for diffusion.coarseSteps"
        );
        Require(!TrainsVae || Vae!.Crop <= Data.Side, "vae.crop", Vae!.Crop, $"at most data.side, {Data!.Side}, is needed");
        return this;
    }
}
