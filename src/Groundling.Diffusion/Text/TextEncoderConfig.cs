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
public sealed record TextEncoderConfig(
    long VocabularySize,
    long Width,
    long FeedForwardWidth,
    int Layers,
    int Heads,
    int Positions,
    bool QuickGelu,
    double Epsilon
)
{
    /// <summary>
    /// What transformers writes beside the sizes: training's numbers, tokens that only pooling and generation look at, types and names.
    /// </summary>
    private static readonly string[] Harmless =
    [
        "attention_dropout",
        "dropout",
        "initializer_factor",
        "initializer_range",
        "projection_dim",
        "gradient_checkpointing",
        "torch_dtype",
        "dtype",
        "transformers_version",
        "bos_token_id",
        "eos_token_id",
        "pad_token_id",
        "sep_token_id",
        "decoder_start_token_id",
        "forced_bos_token_id",
        "forced_eos_token_id",
        "suppress_tokens",
        "begin_suppress_tokens",
        "return_dict",
        "return_dict_in_generate",
        "output_hidden_states",
        "output_attentions",
        "output_scores",
        "torchscript",
        "use_bfloat16",
        "tf_legacy_loss",
        "use_cache",
        "tie_word_embeddings",
        "tie_encoder_decoder",
        "is_encoder_decoder",
        "is_decoder",
        "cross_attention_hidden_size",
        "add_cross_attention",
        "chunk_size_feed_forward",
        "finetuning_task",
        "id2label",
        "label2id",
        "problem_type",
        "prefix",
        "task_specific_params",
        "tokenizer_class",
        "name_or_path",
        "model_type",
        "max_length",
        "min_length",
        "do_sample",
        "early_stopping",
        "num_beams",
        "num_beam_groups",
        "diversity_penalty",
        "temperature",
        "top_k",
        "top_p",
        "typical_p",
        "repetition_penalty",
        "length_penalty",
        "no_repeat_ngram_size",
        "encoder_no_repeat_ngram_size",
        "bad_words_ids",
        "num_return_sequences",
        "remove_invalid_values",
        "exponential_decay_length_penalty",
    ];

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
            json.Require(
                json.Texts("architectures").Any(name => name is "CLIPTextModel" or "CLIPTextModelWithProjection"),
                "architectures",
                "a CLIPTextModel is needed"
            );
        else
            json.Require(json.Text("model_type", "clip_text_model") == "clip_text_model", "model_type", "a clip_text_model is needed");
        var activation = json.Text("hidden_act", "quick_gelu");
        json.Require(activation is "quick_gelu" or "gelu", "hidden_act", "quick_gelu or gelu is needed");
        var config = new TextEncoderConfig(
            json.Count("vocab_size", 10_000_000, fallback: 49408),
            json.Count("hidden_size", 65_536, fallback: 512),
            json.Count("intermediate_size", 262_144, fallback: 2048),
            json.Count("num_hidden_layers", 1000, fallback: 12),
            json.Count("num_attention_heads", 65_536, fallback: 8),
            json.Count("max_position_embeddings", 65_536, fallback: 77),
            activation == "quick_gelu",
            json.Number("layer_norm_eps", 1e-5)
        );
        json.Require(config.Width % config.Heads == 0, "num_attention_heads", "it must divide hidden_size");
        json.Require(config.Positions > 2, "max_position_embeddings", "it must leave room for words between the start and end tokens");
        json.Require(!json.Has("pruned_heads") || json.IsEmpty("pruned_heads"), "pruned_heads", "all heads are needed");
        json.RefuseUnknownKeys(Harmless);
        return config;
    }
}
