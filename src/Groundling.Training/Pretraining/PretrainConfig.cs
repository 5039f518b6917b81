using Groundling.Diffusion;
using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>Everything that decides what a pretraining does.</summary>
public sealed record PretrainConfig
{
    /// <summary>The sizes: a preset's name.</summary>
    public string Model { get; init; } = ModelPreset.Scenes.Name;

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
    /// <exception cref="InputException">The file cannot be read, or has an unknown key; a change names no key; a value is out of range.</exception>
    public static PretrainConfig Read(string path, params IEnumerable<string> changes)
    {
        const string what = "pretraining config";
        var json = ReadText(path);
        try
        {
            return Parse<PretrainConfig>(ConfigChanges.Apply<PretrainConfig>(json, new PretrainConfig(), changes, what), what).Validated();
        }
        catch (InputException e)
        {
            throw new InputException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The sizes.</summary>
    internal ModelPreset Preset() => ModelPreset.All.First(preset => preset.Name == Model);

    private PretrainConfig Validated()
    {
        Require(ModelPreset.All.Any(preset => preset.Name == Model), "model", Model, $"one of {string.Join(", ", ModelPreset.All.Select(preset => preset.Name))} is needed");
        Require(Data is not null, "data", Data, "an object is needed");
        Require(Vae is not null, "vae", Vae, "an object is needed");
        Require(Text is not null, "text", Text, "an object is needed");
        Require(Diffusion is not null, "diffusion", Diffusion, "an object is needed");
        Data!.RequireRanges();
        Vae!.RequireOwnRanges("vae");
        Text!.RequireOwnRanges("text");
        Diffusion!.RequireOwnRanges("diffusion");
        Require(Diffusion.CoarseSteps == 0 || Data.Side % 128 == 0, "data.side", Data.Side, "a multiple of 128 is needed for diffusion.coarseSteps");
        Require(Vae.Crop <= Data.Side, "vae.crop", Vae.Crop, $"at most data.side, {Data.Side}, is needed");
        return this;
    }
}
