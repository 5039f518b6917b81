using System.Text.Json.Serialization;
using Groundling.Data;
using static Groundling.Core.ConfigJson;

namespace Groundling.Training;

/// <summary>How the trained parts are optimised, and on what batches.</summary>
public sealed record GroundingTrainingSettings : TrainingSettings
{
    /// <summary>Times that every narrative is read; 0 where <see cref="TrainingSettings.Steps"/> says how long to train.</summary>
    public double Epochs { get; init; }

    /// <summary>Narratives a micro-batch, of each process.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>The network's side in pixels, a multiple of 64; pictures are letterboxed into a square.</summary>
    public int Size { get; init; } = 512;

    /// <summary>Horizontal flips: whether half of the pictures are mirrored, with "left" and "right" exchanged in their captions.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>
    /// Share of the narratives in which one phrase is made to name what is not in the picture, by another noun or another colour, for the
    /// model to learn to say so (our addition; 0 repeats the paper).
    /// </summary>
    public double Absent { get; init; }

    /// <summary>
    /// Share of the narratives of which one phrase is given, as a caption of its own, as people first try it (our addition; 0 repeats the
    /// paper).
    /// </summary>
    public double Alone { get; init; }

    /// <summary>
    /// EMA decay: how much of the weights' moving average is kept each step, once it has settled; the average is what is measured and
    /// saved (our addition; 0 measures and saves the weights themselves, as the paper does).
    /// </summary>
    public double AverageDecay { get; init; }

    /// <summary>
    /// Gradient checkpointing: whether the UNet's blocks run again for the backward pass instead of keeping what they made.
    /// </summary>
    public bool SavesMemory { get; init; }

    /// <summary>
    /// Trained parts to begin with, relative to the config, such as another run's checkpoints/best; what they lack begins anew. Empty
    /// begins with all of it.
    /// </summary>
    public string Initial { get; init; } = "";

    /// <summary>
    /// Parts of the model that keep the weights they begin with, separated by commas: "adapter,diffusion_head". Without the adapter to
    /// train, no gradient runs through the UNet.
    /// </summary>
    public string Keep { get; init; } = "";

    /// <summary>The parts in <see cref="Keep"/>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> KeptParts => Keep.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Folder for what the frozen encoders make of pictures and captions, relative to the config; empty keeps nothing.</summary>
    public string Cache { get; init; } = "";

    internal void RequireOwnRanges()
    {
        RequireRanges();
        Require(Epochs is >= 0 and <= 1e6, "train.epochs", Epochs, "0 to 1000000 are needed");
        Require(
            Steps > 0 != Epochs > 0,
            "train.steps",
            Steps,
            $"either it or 'train.epochs' ({Epochs}) says how long to train, and the other is 0"
        );
        Require(BatchSize is >= 1 and <= 4096, "train.batchSize", BatchSize, "1 to 4096 are needed");
        Require(
            Size is >= Letterbox.Multiple and <= GroundingOptions.LargestSize && Size % Letterbox.Multiple == 0,
            "train.size",
            Size,
            $"a multiple of {Letterbox.Multiple} up to {GroundingOptions.LargestSize} is needed"
        );
        Require(Absent is >= 0 and <= 1, "train.absent", Absent, "0 to 1 is needed");
        Require(Alone is >= 0 and <= 1, "train.alone", Alone, "0 to 1 is needed");
        Require(AverageDecay is >= 0 and < 1, "train.averageDecay", AverageDecay, "0 up to, but not including, 1 is needed");
        Require(Initial is not null, "train.initial", Initial, "a folder of trained parts, or an empty text, is needed");
        Require(Keep is not null, "train.keep", Keep, "names of parts, or an empty text, are needed");
        Require(
            Keep!.Length == 0 || Initial!.Length > 0,
            "train.keep",
            Keep,
            "what is kept must come from somewhere: name it in 'train.initial'"
        );
        Require(Cache is not null, "train.cache", Cache, "a folder, or an empty text, is needed");
    }
}
