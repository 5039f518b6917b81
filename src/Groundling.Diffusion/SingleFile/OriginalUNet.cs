using System.Globalization;
using Groundling.Torch;

namespace Groundling.Diffusion;

/// <summary>The UNet as Stable Diffusion's own training wrote it: one list of input blocks, one of output blocks.</summary>
internal static class OriginalUNet
{
    public const string Prefix = "model.diffusion_model.";

    private static readonly KeyMap Inside = new(
        ("in_layers.0", "norm1"),
        ("in_layers.2", "conv1"),
        ("emb_layers.1", "time_emb_proj"),
        ("out_layers.0", "norm2"),
        ("out_layers.3", "conv2"),
        ("skip_connection", "conv_shortcut")
    );

    private static readonly KeyMap Ends = new(
        ("time_embed.0", "time_embedding.linear_1"),
        ("time_embed.2", "time_embedding.linear_2"),
        ("input_blocks.0.0", "conv_in"),
        ("out.0", "conv_norm_out"),
        ("out.2", "conv_out"),
        ("middle_block.0", "mid_block.resnets.0"),
        ("middle_block.1", "mid_block.attentions.0"),
        ("middle_block.2", "mid_block.resnets.1")
    );

    /// <summary>The sizes that the shapes tell; heads and the latents' side are the kind's.</summary>
    public static UNetConfig ConfigOf(ShapeTable shapes, bool isSecond, bool isVelocity)
    {
        var (levels, layers) = Depth(shapes);
        string Down(int level) => $"{Prefix}input_blocks.{1 + level * (layers + 1)}";
        var widths = Enumerable.Range(0, levels).Select(level => shapes.Size($"{Down(level)}.0.out_layers.3.weight", 0)).ToList();
        var (reader, projection) = (EndingWith("attn2.to_k.weight"), EndingWith("proj_in.weight"));
        return new UNetConfig
        {
            InChannels = shapes.Size($"{Prefix}input_blocks.0.0.weight", 1),
            OutChannels = shapes.Size($"{Prefix}out.2.weight", 0),
            Widths = widths,
            Heads = [.. widths.Select(width => isSecond ? width / OriginalText.HeadWidth : 8)],
            DownAttends = [.. Enumerable.Range(0, levels).Select(level => shapes.Has($"{Down(level)}.1.norm.weight"))],
            UpAttends =
            [
                .. Enumerable.Range(0, levels).Select(place => shapes.Has($"{Prefix}output_blocks.{place * (layers + 1)}.1.norm.weight")),
            ],
            HasMiddle = shapes.Has($"{Prefix}middle_block.0.in_layers.0.weight"),
            LayersPerBlock = layers,
            PromptWidth = shapes.Size(reader, 1),
            LinearProjection = shapes.Rank(projection) == 2,
            SampleSize = isVelocity ? 96 : 64,
        };

        string EndingWith(string end) =>
            shapes.Names.FirstOrDefault(name =>
                name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal)
            ) ?? throw new ModelException($"the file's UNet has no '{end}', as every Stable Diffusion's has; get the whole file");
    }

    /// <summary>The UNet's tensors under our names; averaged ones (EMA) where the file has them.</summary>
    public static IEnumerable<WeightView> Views(ShapeTable shapes)
    {
        var (levels, layers) = Depth(shapes);
        foreach (var name in shapes.Names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var averaged = AverageOf(name);
            yield return new(NameOf(name[Prefix.Length..], levels, layers), shapes.Has(averaged) ? averaged : name);
        }
    }

    /// <summary>The average of a tensor over training: training wrote it beside the tensor, under its name without points.</summary>
    public static string AverageOf(string name) => $"model_ema.{name["model.".Length..].Replace(".", "", StringComparison.Ordinal)}";

    /// <summary>Levels, and residual blocks of each on the way down.</summary>
    private static (int Levels, int Layers) Depth(ShapeTable shapes)
    {
        var blocks = shapes.Count($"{Prefix}input_blocks.");
        var levels = Enumerable.Range(0, blocks).Count(block => shapes.Has($"{Prefix}input_blocks.{block}.0.op.weight")) + 1;
        return (levels, Math.Max(blocks / levels - 1, 1));
    }

    private static string NameOf(string name, int levels, int layers)
    {
        if (
            name.Split('.', 4) is not [var list, var number, var place, var rest]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var block)
            || list is not ("input_blocks" or "output_blocks")
            || (list == "input_blocks" && block == 0)
        )
            return Inside.Map(Ends.Map(name)!)!;
        if (list == "input_blocks")
            block--;
        var (level, i) = (block / (layers + 1), block % (layers + 1));
        var side = list == "input_blocks" ? $"down_blocks.{level}" : $"up_blocks.{level}";
        if (rest.StartsWith("op.", StringComparison.Ordinal))
            return $"{side}.downsamplers.0.conv.{rest["op.".Length..]}";
        if (place != "0" && rest.StartsWith("conv.", StringComparison.Ordinal))
            return $"{side}.upsamplers.0.{rest}";
        return level >= levels ? name
            : place == "0" ? $"{side}.resnets.{i}.{Inside.Map(rest)}"
            : $"{side}.attentions.{i}.{rest}";
    }
}
