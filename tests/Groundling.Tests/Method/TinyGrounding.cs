using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>A model of few numbers on the tiny diffusion model, and inputs for it.</summary>
internal static class TinyGrounding
{
    public const int N = 4,
        K = 3;

    public static GroundingConfig Config { get; } =
        new()
        {
            Width = 16,
            AdapterWidth = 8,
            Heads = 2,
            AggregationLayers = 2,
            AggregationFeedForward = 16,
            DeformablePoints = 2,
            DecoderLayers = 3,
            DecoderFeedForward = 16,
            Classes = K,
            Loss = new() { Points = 48 },
        };

    /// <summary>A new model; stirred ones have random weights also where training starts at zero.</summary>
    public static GroundingModel Build(TinyModel tiny, GroundingConfig? config = null, bool stirred = false)
    {
        var model = new GroundingModel(tiny.Pipeline.Diffusion.UNet, tiny.Pipeline.Diffusion.Vae, config ?? Config).Initialize(
            new Generator(31)
        );
        return stirred ? GradientCheck.Stir(model, new Generator(32)) : model;
    }

    /// <summary>Two pictures of 64 x 128 pixels with four phrases each.</summary>
    public static GroundingInput Input(Tensor? valid = null)
    {
        var generator = new Generator(33);
        return new(
            randn([2, 4, 8, 16], generator: generator),
            randn([2, N, 64], generator: generator),
            randn([2, 64], generator: generator),
            valid
        );
    }

    /// <summary>How these pictures lie in the input: nothing is padding.</summary>
    public static Letterbox Letterbox { get; } = Letterbox.Fit(128, 64, 128);

    public static GroundingTarget Target(Tensor? grounded = null)
    {
        var generator = new Generator(34);
        return new(
            rand([2, N, 64, 128], generator: generator).gt(0.6),
            tensor(new long[] { 0, 1, 2, 3, 2, 1, 0, -1 }, [2, N]),
            grounded ?? ones(2, N, dtype: @bool)
        );
    }
}
