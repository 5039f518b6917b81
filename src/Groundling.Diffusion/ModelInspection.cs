using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>What one part of a model folder holds, and whether it loads.</summary>
/// <param name="Name">Folder name of the part.</param>
/// <param name="Parameters">Numbers in its weights; 0 where they cannot be read.</param>
/// <param name="Types">Element types on disk.</param>
/// <param name="Bytes">Size of its weight files.</param>
/// <param name="Config">Its sizes in words.</param>
/// <param name="Faults">Why it does not load; empty when it does.</param>
/// <param name="Warnings">What is odd about it though it loads.</param>
public sealed record PartInspection(
    string Name,
    long Parameters,
    string Types,
    long Bytes,
    string Config,
    IReadOnlyList<string> Faults,
    IReadOnlyList<string> Warnings
);

/// <summary>Looks into a model folder part by part, past faults that <see cref="StableDiffusion.Open"/> stops at.</summary>
public static class ModelInspection
{
    /// <summary>Inspects every part; reads all weights once to find values that are not numbers.</summary>
    /// <exception cref="ModelException">The folder is not a Stable Diffusion 1.x or 2.x folder at all.</exception>
    public static IReadOnlyList<PartInspection> Inspect(string path, string? vae = null, string? tokenizer = null)
    {
        var source = ModelSource.Open(path, vae, tokenizer);
        return
        [
            Tokenizer(source),
            Part(
                "text_encoder",
                () => source.Weights("text_encoder"),
                () => source.TextConfig(),
                config => new TextEncoder(config),
                TextEncoder.Keys,
                config => null,
                config =>
                    $"{config.Layers} layers, width {config.Width}, {config.Heads} heads, {(config.QuickGelu ? "quick_gelu" : "gelu")}"
            ),
            Part(
                "vae",
                () => source.Weights("vae"),
                () => source.VaeConfig(),
                config => new Vae(config),
                Vae.Keys,
                config => null,
                config =>
                    $"widths {string.Join('/', config.Widths)}, {config.LatentChannels} latent channels, scaling factor {config.ScalingFactor}"
            ),
            Part(
                "unet",
                () => source.Weights("unet"),
                () => source.UNetConfig(),
                config => new UNet(config),
                KeyMap.Identity,
                config =>
                    StableDiffusion.PromptMismatch(source, source.TextConfig(), config)
                    ?? StableDiffusion.LatentMismatch(source, source.VaeConfig(), config),
                config =>
                    $"widths {string.Join('/', config.Widths)}, heads {string.Join('/', config.Heads)}, prompt width {config.PromptWidth}, {source.Schedule().Prediction}"
            ),
        ];
    }

    private static PartInspection Tokenizer(ModelSource source)
    {
        try
        {
            var tokenizer = source.Tokenizer();
            var mismatch = StableDiffusion.TokenizerMismatch(source, tokenizer, source.TextConfig());
            return new(
                "tokenizer",
                0,
                "",
                0,
                $"start {tokenizer.StartToken}, end {tokenizer.EndToken}, padding {tokenizer.PaddingToken}",
                mismatch is null ? [] : [mismatch],
                []
            );
        }
        catch (ModelException e)
        {
            return new("tokenizer", 0, "", 0, "", [e.Message], []);
        }
    }

    /// <summary>Inspects one part.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="open">Opens its weights.</param>
    /// <param name="read">Reads its config.</param>
    /// <param name="build">Builds its module, which is disposed here.</param>
    /// <param name="keys">Foreign names to ours.</param>
    /// <param name="mismatch">Why it does not fit the other parts; null where it does.</param>
    /// <param name="describe">Its sizes in words.</param>
    /// <remarks>A <see cref="ModelException"/> or <see cref="WeightsException"/> of these functions is the part's fault.</remarks>
    public static PartInspection Part<TConfig>(
        string name,
        Func<WeightSource> open,
        Func<TConfig> read,
        Func<TConfig, Module> build,
        KeyMap keys,
        Func<TConfig, string?> mismatch,
        Func<TConfig, string> describe
    )
    {
        var found = new PartInspection(name, 0, "", 0, "", [], []);
        try
        {
            using var weights = open();
            var parameters = Int8Weights.Parameters(weights);
            var types = parameters.GroupBy(entry => entry.Type).OrderByDescending(group => group.Count());
            found = found with
            {
                Parameters = (long)parameters.Aggregate(Int128.Zero, (sum, entry) => sum + entry.Count),
                Types = string.Join(", ", types.Select(group => SafetensorsTypes.Name(group.Key))),
                Bytes = weights.ByteCount,
            };
            var config = read();
            found = found with { Config = describe(config) };
            if (mismatch(config) is { } fault)
                return found with { Faults = [fault] };
            using var module = build(config);
            module.LoadExactly(weights, keys);
            module.Freeze();
            return found with
            {
                Warnings = [.. module.NonFinite().Select(tensor => $"{tensor.Name} holds values that are not numbers ({tensor.Count})")],
            };
        }
        catch (Exception e) when (e is ModelException or WeightsException)
        {
            return found with { Faults = [e.Message] };
        }
    }
}
