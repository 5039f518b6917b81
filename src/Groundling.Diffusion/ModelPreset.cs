namespace Groundling.Diffusion;

/// <summary>The sizes of a whole model.</summary>
/// <param name="Name">Short name, as on the command line.</param>
/// <param name="Text">The text encoder's sizes.</param>
/// <param name="Vae">The autoencoder's sizes.</param>
/// <param name="UNet">The UNet's sizes.</param>
/// <param name="Prediction">What the UNet's output means.</param>
public sealed record ModelPreset(string Name, TextEncoderConfig Text, VaeConfig Vae, UNetConfig UNet, PredictionType Prediction)
{
    /// <summary>Stable Diffusion 1.5: 859,520,964 parameters in the UNet.</summary>
    public static ModelPreset StableDiffusion15 { get; } =
        new("sd15", TextEncoderConfig.StableDiffusion15, VaeConfig.StableDiffusion, UNetConfig.StableDiffusion15, PredictionType.Epsilon);

    /// <summary>Stable Diffusion 2.1.</summary>
    public static ModelPreset StableDiffusion21 { get; } =
        new("sd21", TextEncoderConfig.StableDiffusion21, VaeConfig.StableDiffusion, UNetConfig.StableDiffusion21, PredictionType.Velocity);

    /// <summary>The layout of SD 1.x at a size for tests and first steps.</summary>
    public static ModelPreset Tiny { get; } =
        new(
            "tiny",
            new TextEncoderConfig(1024, 64, 256, 2, 4, 77, QuickGelu: true, 1e-5),
            new VaeConfig
            {
                Widths = [16, 16, 32, 32],
                LayersPerBlock = 1,
                NormGroups = 8,
            },
            new UNetConfig
            {
                Widths = [32, 64, 64, 64],
                Heads = [4, 4, 4, 4],
                PromptWidth = 64,
                NormGroups = 8,
                SampleSize = 32,
            },
            PredictionType.Epsilon
        );

    /// <summary>The layout of SD 1.x for the illustrated world at 256 pixels: small enough to be trained on two processor cores.</summary>
    /// <remarks>
    /// Few heads where there are many pixels: there, what attention costs is its exponentials. The UNet predicts velocity, as in SD 2.x:
    /// where little but noise is left, that is the picture itself, which only the words tell of, so they are learnt sooner than by
    /// predicting noise.
    /// </remarks>
    public static ModelPreset Scenes { get; } =
        new(
            "scenes",
            new TextEncoderConfig(1024, 128, 512, 3, 4, 77, QuickGelu: true, 1e-5),
            new VaeConfig
            {
                Widths = [16, 32, 64, 96],
                LayersPerBlock = 1,
                LatentChannels = 8,
                NormGroups = 8,
            },
            new UNetConfig
            {
                InChannels = 8,
                OutChannels = 8,
                Widths = [32, 64, 128, 128],
                Heads = [2, 4, 4, 4],
                LayersPerBlock = 1,
                PromptWidth = 128,
                NormGroups = 8,
                SampleSize = 32,
            },
            PredictionType.Velocity
        );

    /// <summary>All presets.</summary>
    public static IReadOnlyList<ModelPreset> All { get; } = [StableDiffusion15, StableDiffusion21, Scenes, Tiny];
}
