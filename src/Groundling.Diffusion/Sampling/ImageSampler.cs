using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>Captions to pictures, by classifier-free guidance (Ho and Salimans 2022).</summary>
/// <param name="tokenizer">Text to tokens.</param>
/// <param name="text">Tokens to states.</param>
/// <param name="vae">Latents to pictures.</param>
/// <param name="unet">Noisy latents and states to predictions.</param>
/// <param name="schedule">How noise grows with time.</param>
/// <param name="prediction">What predictions mean.</param>
public sealed class ImageSampler(
    ClipTokenizer tokenizer,
    TextEncoder text,
    Vae vae,
    UNet unet,
    NoiseSchedule schedule,
    PredictionType prediction
)
{
    /// <summary>Makes pictures.</summary>
    /// <param name="caption">Of any length; empty for pictures of anything.</param>
    /// <param name="options">How.</param>
    /// <param name="done">Told how many steps have been made.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <returns>[count, 3, H, W], about [-1, 1], not clamped; the caller owns it.</returns>
    /// <exception cref="InputException">An option is out of range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Tensor Sample(string caption, SamplingOptions options, Action<int>? done = null, CancellationToken cancellation = default)
    {
        options.Validated();
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var captioned = new TextPrompt(States(caption, options.Count));
        var uncaptioned = options.Guidance == 1 ? null : new TextPrompt(States("", options.Count));
        var latents = new DdimSampler(schedule, prediction).Sample(
            Noise(options),
            options.Steps,
            (noisy, time) =>
            {
                using var step = NewDisposeScope();
                var told = Predict(noisy, time, captioned);
                if (uncaptioned is null)
                    return told.MoveToOuterDisposeScope();
                var untold = Predict(noisy, time, uncaptioned);
                return untold.Plus((told - untold).Times(options.Guidance)).MoveToOuterDisposeScope();
            },
            done,
            cancellation
        );
        // one at a time: large pictures are larger still in the decoder
        return cat([.. Enumerable.Range(0, options.Count).Select(i => vae.Decode(latents.narrow(0, i, 1)))]).MoveToOuterDisposeScope();
    }

    private Tensor States(string caption, int count) // [count, K, Ct]
    {
        var (positions, width) = (text.Config.Positions, text.Config.Width);
        var rows = CaptionRows.Of(tokenizer, positions, caption).Rows;
        return text.call(tensor(rows.SelectMany(row => row).ToArray(), [rows.Count, positions], device: text.Device()))
            .view(1, rows.Count * positions, width)
            .expand(count, -1, -1);
    }

    private Tensor Noise(SamplingOptions options) // [count, 4, h, w]
    {
        var multiple = unet.LatentMultiple; // a model may have been trained at a side that its UNet cannot halve
        var side = options.Size is { } size ? size / vae.Stride : (unet.Config.SampleSize + multiple - 1) / multiple * multiple;
        return stack([
                .. Enumerable
                    .Range(0, options.Count)
                    .Select(i =>
                    {
                        using var generator = new Generator(options.Seed + (ulong)i);
                        // the same noise on every device
                        return randn([unet.Config.InChannels, side, side], generator: generator, device: CPU);
                    }),
            ])
            .to(unet.Device());
    }

    private Tensor Predict(Tensor noisy, int time, TextPrompt prompt)
    {
        using var scope = NewDisposeScope();
        return unet.call(noisy, HeldScalars.Repeated(time, 1, noisy.device), prompt).Prediction.MoveToOuterDisposeScope();
    }
}
