using Groundling.Torch;

namespace Groundling.Diffusion;

/// <summary>
/// The text encoder as Stable Diffusion's own training wrote it: OpenAI's CLIP in 1.x, OpenCLIP in 2.x, whose last layer is not used.
/// </summary>
internal static class OriginalText
{
    public const string First = "cond_stage_model.transformer.",
        Second = "cond_stage_model.model.";

    /// <summary>Width of one attention head in both encoders, which shapes do not tell.</summary>
    public const int HeadWidth = 64;

    private const string Layers = $"{Second}transformer.resblocks.";

    private static readonly KeyMap Inside = new(
        ("ln_1", "layer_norm1"),
        ("ln_2", "layer_norm2"),
        ("attn.out_proj", "self_attn.out_proj"),
        ("mlp.c_fc", "mlp.fc1"),
        ("mlp.c_proj", "mlp.fc2")
    );

    private static readonly Dictionary<string, string> Ends = new()
    {
        [$"{Second}token_embedding.weight"] = "text_model.embeddings.token_embedding.weight",
        [$"{Second}positional_embedding"] = "text_model.embeddings.position_embedding.weight",
        [$"{Second}ln_final.weight"] = "text_model.final_layer_norm.weight",
        [$"{Second}ln_final.bias"] = "text_model.final_layer_norm.bias",
    };

    /// <summary>Of pooling and comparing with pictures, and a mask that follows from the sizes.</summary>
    private static readonly string[] Unused = [$"{Second}text_projection", $"{Second}logit_scale", $"{Second}attn_mask"];

    public static TextEncoderConfig ConfigOf(ShapeTable shapes, bool isSecond)
    {
        var stem = shapes.Has($"{First}text_model.final_layer_norm.weight") ? $"{First}text_model." : First;
        var (tokens, positions, expand) = isSecond
            ? ($"{Second}token_embedding.weight", $"{Second}positional_embedding", $"{Layers}0.mlp.c_fc.weight")
            : (
                $"{stem}embeddings.token_embedding.weight",
                $"{stem}embeddings.position_embedding.weight",
                $"{stem}encoder.layers.0.mlp.fc1.weight"
            );
        var width = shapes.Size(tokens, 1);
        var layers = isSecond ? shapes.Count(Layers) - 1 : shapes.Count($"{stem}encoder.layers.");
        return new(
            (int)shapes.Size(tokens, 0),
            (int)width,
            (int)shapes.Size(expand, 0),
            layers,
            (int)(width / HeadWidth),
            (int)shapes.Size(positions, 0),
            QuickGelu: !isSecond,
            1e-5
        );
    }

    public static IEnumerable<WeightView> Views(ShapeTable shapes, bool isSecond)
    {
        if (!isSecond)
            return shapes
                .Names.Where(name => name.StartsWith(First, StringComparison.Ordinal))
                .Select(name => new WeightView(name[First.Length..], name));
        var last = $"{Layers}{shapes.Count(Layers) - 1}.";
        return shapes
            .Names.Where(name =>
                name.StartsWith(Second, StringComparison.Ordinal)
                && !name.StartsWith(last, StringComparison.Ordinal)
                && !Unused.Contains(name)
            )
            .SelectMany(SecondViews);
    }

    private static IEnumerable<WeightView> SecondViews(string name)
    {
        if (Ends.TryGetValue(name, out var end))
            return [new(end, name)];
        if (!name.StartsWith(Layers, StringComparison.Ordinal))
            return [new(name, name)];
        var inner = name[Layers.Length..];
        // One matrix makes queries, keys and values there, in this order.
        var joined = inner.IndexOf("attn.in_proj_", StringComparison.Ordinal);
        if (joined < 0)
            return [new($"text_model.encoder.layers.{Inside.Map(inner)}", name)];
        var (layer, kind) = (inner[..joined], inner[(joined + "attn.in_proj_".Length)..]);
        return new[] { "q_proj", "k_proj", "v_proj" }.Select(
            (part, i) => new WeightView($"text_model.encoder.layers.{layer}self_attn.{part}.{kind}", name, i, 3)
        );
    }
}
