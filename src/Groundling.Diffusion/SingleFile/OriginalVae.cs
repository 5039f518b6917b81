using Groundling.Torch;

namespace Groundling.Diffusion;

/// <summary>
/// The autoencoder as Stable Diffusion's own training wrote it: levels of the decoder counted from the finest, attention as 1x1
/// convolutions.
/// </summary>
internal static class OriginalVae
{
    public const string Prefix = "first_stage_model.";

    private static readonly KeyMap Inside = new(
        ("mid.block_1", "mid_block.resnets.0"),
        ("mid.block_2", "mid_block.resnets.1"),
        ("mid.attn_1.norm", "mid_block.attentions.0.group_norm"),
        ("mid.attn_1.q", "mid_block.attentions.0.to_q"),
        ("mid.attn_1.k", "mid_block.attentions.0.to_k"),
        ("mid.attn_1.v", "mid_block.attentions.0.to_v"),
        ("mid.attn_1.proj_out", "mid_block.attentions.0.to_out.0"),
        ("norm_out", "conv_norm_out")
    );

    /// <summary>The sizes that the shapes tell; groups and scale are Stable Diffusion's, which do not show.</summary>
    /// <param name="shapes">The file's.</param>
    /// <param name="prefix">What stands before the autoencoder's names.</param>
    public static VaeConfig ConfigOf(ShapeTable shapes, string prefix) =>
        new()
        {
            Widths =
            [
                .. Enumerable
                    .Range(0, shapes.Count($"{prefix}encoder.down."))
                    .Select(level => shapes.Size($"{prefix}encoder.down.{level}.block.0.conv2.weight", 0)),
            ],
            LayersPerBlock = shapes.Count($"{prefix}encoder.down.0.block."),
            LatentChannels = shapes.Size($"{prefix}post_quant_conv.weight", 0),
        };

    /// <summary>The autoencoder's tensors under our names; what only its training used is left out.</summary>
    public static IEnumerable<WeightView> Views(ShapeTable shapes, string prefix)
    {
        var levels = shapes.Count($"{prefix}decoder.up.");
        return shapes
            .Names.Where(name =>
                name.StartsWith(prefix, StringComparison.Ordinal) && !name.StartsWith($"{prefix}loss.", StringComparison.Ordinal)
            )
            .Select(name => new WeightView(
                NameOf(name[prefix.Length..], levels),
                name,
                IsMatrix: name.Contains(".attn_1.", StringComparison.Ordinal)
            ));
    }

    private static string NameOf(string name, int levels)
    {
        if (name.Split('.') is not [var side, "down" or "up", var number, .. var rest] || !int.TryParse(number, out var level))
            return Inside.Map(name)!;
        var place = side == "encoder" ? $"encoder.down_blocks.{level}" : $"decoder.up_blocks.{levels - 1 - level}";
        return rest switch
        {
            ["block", var i, .. var inner] =>
                $"{place}.resnets.{i}.{string.Join('.', inner).Replace("nin_shortcut", "conv_shortcut", StringComparison.Ordinal)}",
            ["downsample", .. var inner] => $"{place}.downsamplers.0.{string.Join('.', inner)}",
            ["upsample", .. var inner] => $"{place}.upsamplers.0.{string.Join('.', inner)}",
            _ => name,
        };
    }
}
