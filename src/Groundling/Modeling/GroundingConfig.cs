using System.Text.Json.Serialization;
using Groundling.Core;
using Groundling.Data;
using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Losses;

namespace Groundling.Modeling;

/// <summary>Sizes and switches of what is trained. The defaults are the paper-size model.</summary>
public sealed record GroundingConfig
{
    /// <summary>Which parts are built.</summary>
    public GroundingParts Parts { get; init; } = GroundingParts.Full;

    /// <summary>D, the width after the UNet; a multiple of 4 and of <see cref="Heads"/>.</summary>
    public int Width { get; init; } = 256;

    /// <summary>The width at which the phrase adapter works; a multiple of <see cref="Heads"/>.</summary>
    public int AdapterWidth { get; init; } = 256;

    /// <summary>Heads of every trained attention.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Layers of mutual aggregation.</summary>
    public int AggregationLayers { get; init; } = 6;

    /// <summary>Hidden width of its feed-forward layers.</summary>
    public int AggregationFeedForward { get; init; } = 1024;

    /// <summary>Places that a head of the deformable attention reads on a level.</summary>
    public int DeformablePoints { get; init; } = 4;

    /// <summary>Layers of the mask decoder.</summary>
    public int DecoderLayers { get; init; } = 9;

    /// <summary>Hidden width of its feed-forward layers.</summary>
    public int DecoderFeedForward { get; init; } = 2048;

    /// <summary>K, the categories of the data, without "no class".</summary>
    public int Classes { get; init; } = 133;

    /// <summary>Whether pixels may attend to none of the phrases.</summary>
    public bool NullPhrase { get; init; } = true;

    /// <summary>What the VAE decoder is given.</summary>
    public MaskFeatureRoute MaskFeature { get; init; } = MaskFeatureRoute.UNet;

    /// <summary>Whether the adapter's phrases read only where the diffusion head sees them.</summary>
    public bool AttentionMask { get; init; } = true;

    /// <summary>The share of its largest value above which a phrase's map may be read, 0 to 1.</summary>
    public double MaskShare { get; init; } = 0.5;

    /// <summary>A pixel belongs to a phrase when its probability is greater, 0 to 1.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>
    /// The least presence with which a phrase gets a mask, 0 to 1: one minus the probability of "no class". 0 where the model has not
    /// learnt to tell what is not in the picture, as the paper's has not: then every phrase gets its mask.
    /// </summary>
    public double Presence { get; init; }

    /// <summary>
    /// How often each pixel of the decoder's masks, at the network's size, takes the mean of pixels around it by how near their colours
    /// are, so that masks end where colours do (our addition; 0 leaves them, as the paper does). Trainings measure the masks without.
    /// </summary>
    public int ColourWalks { get; init; }

    /// <summary>
    /// How far colours may differ and be near: a standard deviation, where a channel's values lie between 0 and 1. Photographs need more
    /// than drawings.
    /// </summary>
    public double Contrast { get; init; } = 0.03;

    /// <summary>
    /// The network's longer side in pixels that the parts were trained at, a multiple of 64; 0 for the frozen model's own.
    /// </summary>
    public int Size { get; init; }

    /// <summary>The losses.</summary>
    public LossConfig Loss { get; init; } = new();

    /// <summary>The paper-size model.</summary>
    public static GroundingConfig Paper { get; } = new();

    /// <summary>A model small enough to train on one processor, for the scenes data.</summary>
    public static GroundingConfig Scenes { get; } =
        new()
        {
            Width = 128,
            AdapterWidth = 96,
            Heads = 4,
            AggregationLayers = 2,
            AggregationFeedForward = 256,
            DecoderLayers = 3,
            DecoderFeedForward = 512,
            Classes = 46,
            Loss = new() { Points = 1024 },
        };

    /// <summary>Whether there is a mask decoder.</summary>
    [JsonIgnore]
    public bool HasDecoder => Parts != GroundingParts.Static;

    /// <summary>Whether there is a phrase adapter.</summary>
    [JsonIgnore]
    public bool HasAdapter => Parts is GroundingParts.DecoderAndAdapter or GroundingParts.Full;

    /// <summary>Whether there is mutual aggregation.</summary>
    [JsonIgnore]
    public bool HasAggregation => Parts is GroundingParts.DecoderAndAggregation or GroundingParts.Full;

    /// <summary>The head that answers where none is asked for.</summary>
    [JsonIgnore]
    public MaskHead AnsweringHead => HasDecoder ? MaskHead.Decoder : MaskHead.Diffusion;

    /// <summary>The names of the parts that are built, as tensors' names begin with them.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> PartNames =>
        [
            "diffusion_head",
            .. HasAdapter ? ["adapter"] : (string[])[],
            .. HasDecoder ? ["levels", "mask_feature", "decoder"] : (string[])[],
            .. HasAggregation ? ["aggregation"] : (string[])[],
        ];

    /// <summary>Reads and checks a config file; what it leaves out has its default, comments are allowed.</summary>
    /// <exception cref="InputException">It cannot be read, has an unknown key, or a value is out of range.</exception>
    public static GroundingConfig Read(string path)
    {
        var json = ConfigJson.ReadText(path);
        try
        {
            return Parse(json);
        }
        catch (InputException e)
        {
            throw new InputException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The config of a JSON text.</summary>
    /// <exception cref="InputException">It is not JSON, has an unknown key, or a value is out of range.</exception>
    public static GroundingConfig Parse(string json) => ConfigJson.Parse<GroundingConfig>(json, "grounding config").Validated();

    /// <summary>The whole config as JSON, defaults included.</summary>
    public string ToJson() => ConfigJson.Write(this);

    /// <summary>The config, or an error that names the value out of range.</summary>
    /// <exception cref="InputException">A value is out of range.</exception>
    public GroundingConfig Validated()
    {
        ConfigJson.Require(Enum.IsDefined(Parts), "parts", Parts, "one of static, decoder, decoder+eipa, decoder+mlma and full is needed");
        ConfigJson.Require(Enum.IsDefined(MaskFeature), "maskFeature", MaskFeature, "unet or latent is needed");
        ConfigJson.Require(Heads is >= 1 and <= 256, "heads", Heads, "1 to 256 are needed");
        ConfigJson.Require(
            Width is >= 4 and <= 8192 && Width % 4 == 0 && Width % Heads == 0,
            "width",
            Width,
            $"4 to 8192, a multiple of 4 and of {Heads} heads, is needed"
        );
        ConfigJson.Require(
            AdapterWidth is >= 1 and <= 8192 && AdapterWidth % Heads == 0,
            "adapterWidth",
            AdapterWidth,
            $"1 to 8192, a multiple of {Heads} heads, is needed"
        );
        ConfigJson.Require(AggregationLayers is >= 1 and <= 64, "aggregationLayers", AggregationLayers, "1 to 64 are needed");
        ConfigJson.Require(
            AggregationFeedForward is >= 1 and <= 65_536,
            "aggregationFeedForward",
            AggregationFeedForward,
            "1 to 65536 are needed"
        );
        ConfigJson.Require(DeformablePoints is >= 1 and <= 64, "deformablePoints", DeformablePoints, "1 to 64 are needed");
        ConfigJson.Require(DecoderLayers is >= 1 and <= 64, "decoderLayers", DecoderLayers, "1 to 64 are needed");
        ConfigJson.Require(DecoderFeedForward is >= 1 and <= 65_536, "decoderFeedForward", DecoderFeedForward, "1 to 65536 are needed");
        ConfigJson.Require(Classes is >= 1 and <= 65_536, "classes", Classes, "1 to 65536 are needed");
        ConfigJson.Require(MaskShare is >= 0 and < 1, "maskShare", MaskShare, "0 up to, but not including, 1 is needed");
        ConfigJson.Require(Threshold is >= 0 and < 1, "threshold", Threshold, "0 up to, but not including, 1 is needed");
        ConfigJson.Require(Presence is >= 0 and < 1, "presence", Presence, "0 up to, but not including, 1 is needed");
        ConfigJson.Require(
            Presence == 0 || HasDecoder,
            "presence",
            Presence,
            "0 is needed where 'parts' is static: the decoder says what is there"
        );
        ConfigJson.Require(
            ColourWalks is >= 0 and <= ColourWalk.MostSteps,
            "colourWalks",
            ColourWalks,
            $"0 to {ColourWalk.MostSteps} are needed"
        );
        ConfigJson.Require(
            Contrast is >= ColourWalk.LeastContrast and <= ColourWalk.MostContrast,
            "contrast",
            Contrast,
            FormattableString.Invariant($"{ColourWalk.LeastContrast} to {ColourWalk.MostContrast} is needed")
        );
        ConfigJson.Require(
            Size is >= 0 and <= GroundingOptions.LargestSize && Size % Letterbox.Multiple == 0,
            "size",
            Size,
            $"0, or a multiple of {Letterbox.Multiple} up to {GroundingOptions.LargestSize}, is needed"
        );
        ConfigJson.Require(Loss is not null, "loss", "null", "an object is needed");
        Loss!.Validated();
        return this;
    }
}
