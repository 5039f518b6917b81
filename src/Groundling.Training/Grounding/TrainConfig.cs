using Groundling.Data;
using Groundling.Modeling;
using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>Everything that decides what a training of the grounding parts does. The defaults are the paper-size model's.</summary>
public sealed record TrainConfig
{
    /// <summary>
    /// The frozen Stable Diffusion: a folder, relative to the config file; or a preset's name, for random weights by the run's seed.
    /// </summary>
    public string Model { get; init; } = "";

    /// <summary>Sizes and switches of what is trained; 0 classes are as many as the data have categories (<see cref="For"/>).</summary>
    public GroundingConfig Grounding { get; init; } = new();

    /// <summary>How it is optimised.</summary>
    public GroundingTrainingSettings Train { get; init; } = new();

    /// <summary>On what.</summary>
    public TrainingDataSettings Data { get; init; } = new();

    /// <summary>Reads and checks a config file; what it leaves out has its default, comments are allowed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="changes">Values to take instead of the file's: "train.steps=40", "grounding.parts=decoder".</param>
    /// <exception cref="InputException">
    /// The file cannot be read, or has an unknown key; a change names no key; a value is out of range.
    /// </exception>
    public static TrainConfig Read(string path, params IEnumerable<string> changes)
    {
        var json = ReadText(path);
        try
        {
            return Parse<TrainConfig>(
                    ConfigChanges.Apply<TrainConfig>(json, new TrainConfig(), changes, "training config"),
                    "training config"
                )
                .Validated();
        }
        catch (InputException e)
        {
            throw new InputException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The whole config as JSON, defaults included.</summary>
    public string ToJson() => Write(this);

    /// <summary>The config for data of so many categories: where it says 0 classes, it gets as many.</summary>
    /// <param name="categories">How many categories the data have.</param>
    public TrainConfig For(int categories) =>
        Grounding.Classes == 0 ? this with { Grounding = Grounding with { Classes = categories } } : this;

    /// <summary>The config, or an error that names the value out of range.</summary>
    /// <exception cref="InputException">A value is out of range.</exception>
    public TrainConfig Validated()
    {
        Require(Model is not null, "model", Model, "a folder or a preset's name is needed");
        Require(Grounding is not null, "grounding", Grounding, "an object is needed");
        Require(Train is not null, "train", Train, "an object is needed");
        Require(Data is not null, "data", Data, "an object is needed");
        (Grounding!.Classes == 0 ? Grounding with { Classes = 1 } : Grounding).Validated();
        Train!.RequireOwnRanges();
        Data!.RequireRanges();
        Require(
            Grounding.Size == 0 || Grounding.Size == Train.Size,
            "grounding.size",
            Grounding.Size,
            $"leave it out: 'train.size', {Train.Size}, decides"
        );
        Require(
            Train.Absent == 0 || Grounding.Presence > 0,
            "train.absent",
            Train.Absent,
            "'grounding.presence', the least presence of a phrase that gets a mask, is needed with it"
        );
        Require(
            Train.Absent == 0 || (Grounding.Loss.Class > 0 && Grounding.Loss.Decoder > 0),
            "train.absent",
            Train.Absent,
            "the mask decoder's class learns it: 'grounding.loss.class' and 'grounding.loss.decoder' must not be 0"
        );
        var unknown = Train.KeptParts.Except(Grounding.PartNames).FirstOrDefault();
        Require(unknown is null, "train.keep", unknown ?? "", $"the parts are {string.Join(", ", Grounding.PartNames)}");
        Require(Grounding.PartNames.Except(Train.KeptParts).Any(), "train.keep", Train.Keep, "one part at least must be left to train");
        return this;
    }
}
