namespace Groundling.Diffusion;

/// <summary>Sizes of a CLIP text encoder.</summary>
/// <param name="VocabularySize">Tokens known.</param>
/// <param name="Width">Width of a token's state, C_t.</param>
/// <param name="FeedForwardWidth">Width inside the feed-forward blocks.</param>
/// <param name="Layers">Transformer layers: 12 in SD 1.x, 23 in SD 2.x.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Positions">Longest input, start and end tokens included.</param>
/// <param name="QuickGelu">x sigmoid(1.702 x) (OpenAI's weights) instead of the exact GELU (OpenCLIP's).</param>
/// <param name="Epsilon">Of the layer norms.</param>
public sealed record TextEncoderConfig(long VocabularySize, long Width, long FeedForwardWidth, int Layers, int Heads, int Positions, bool QuickGelu, double Epsilon)
{
    /// <summary>SD 1.x: OpenAI's ViT-L/14 text encoder.</summary>
    public static TextEncoderConfig StableDiffusion15 { get; } = new(49408, 768, 3072, 12, 12, 77, QuickGelu: true, 1e-5);

    /// <summary>SD 2.x: OpenCLIP's ViT-H/14 text encoder without its last layer.</summary>
    public static TextEncoderConfig StableDiffusion21 { get; } = new(49408, 1024, 4096, 23, 16, 77, QuickGelu: false, 1e-5);

    /// <summary>Reads a text encoder's <c>config.json</c>.</summary>
    /// <exception cref="ModelException">It is not a CLIP text encoder.</exception>
    public static TextEncoderConfig Read(string path)
    {
        var json = ForeignConfig.Read(path);
        if (json.Has("architectures"))
            json.Require(json.Texts("architectures").Any(name => name is "CLIPTextModel" or "CLIPTextModelWithProjection"), "architectures", "a CLIPTextModel is needed");
        else json.Require(json.Text("model_type", "clip_text_model") == "clip_text_model", "model_type", "a clip_text_model is needed");
        var activation = json.Text("hidden_act", "quick_gelu");
        json.Require(activation is "quick_gelu" or "gelu", "hidden_act", "quick_gelu or gelu is needed");
        var config = new TextEncoderConfig(json.Count("vocab_size", 10_000_000), json.Count("hidden_size", 65_536), json.Count("intermediate_size", 262_144),
            json.Count("num_hidden_layers", 1000), json.Count("num_attention_heads", 65_536), json.Count("max_position_embeddings", 65_536, fallback: 77),
            activation == "quick_gelu", json.Number("layer_norm_eps", 1e-5));
        json.Require(config.Width % config.Heads == 0, "num_attention_heads", "it must divide hidden_size");
        json.Require(config.Positions > 2, "max_position_embeddings", "it must leave room for words between the start and end tokens");
        return config;
    }
}
