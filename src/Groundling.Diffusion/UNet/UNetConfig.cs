namespace Groundling.Diffusion;

/// <summary>Sizes of a Stable Diffusion 1.x or 2.x UNet.</summary>
public sealed record UNetConfig
{
    private static readonly string[] DownKinds = ["CrossAttnDownBlock2D", "DownBlock2D"];
    private static readonly string[] UpKinds = ["CrossAttnUpBlock2D", "UpBlock2D"];

    /// <summary>
    /// Training's (dropout), of formats that hold less than float32 (upcast_attention), or of parts that are refused where they are there.
    /// </summary>
    private static readonly string[] Harmless = ["dropout", "upcast_attention", "addition_time_embed_dim", "addition_embed_type_num_heads"];

    /// <summary>Channels of the latents in.</summary>
    public long InChannels { get; init; } = 4;

    /// <summary>Channels of the prediction out.</summary>
    public long OutChannels { get; init; } = 4;

    /// <summary>Longer side of the latents the model was trained with; any multiple of 8 works.</summary>
    public long SampleSize { get; init; } = 64;

    /// <summary>block_out_channels: width of each level, finest first.</summary>
    public IReadOnlyList<long> Widths { get; init; } = [320, 640, 1280, 1280];

    /// <summary>Attention heads of each level. (Config files call it <c>attention_head_dim</c>.)</summary>
    public IReadOnlyList<long> Heads { get; init; } = [8, 8, 8, 8];

    /// <summary>Whether the level's down block has transformers.</summary>
    public IReadOnlyList<bool> DownAttends { get; init; } = [true, true, true, false];

    /// <summary>Whether the up block has transformers, coarsest first.</summary>
    public IReadOnlyList<bool> UpAttends { get; init; } = [false, true, true, true];

    /// <summary>
    /// Whether there is a block between the way down and the way up; distilled models may do without (<c>mid_block_type</c> null).
    /// </summary>
    public bool HasMiddle { get; init; } = true;

    /// <summary>Residual blocks of a down block; an up block has one more.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>cross_attention_dim: width C_t of the prompt's states.</summary>
    public long PromptWidth { get; init; } = 768;

    /// <summary>Groups of the group norms.</summary>
    public long NormGroups { get; init; } = 32;

    /// <summary>Epsilon of the residual blocks' group norms.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Whether transformers project by a matrix (SD 2.x) or by a 1x1 convolution (SD 1.x).</summary>
    public bool LinearProjection { get; init; }

    /// <summary>flip_sin_to_cos: whether the time embedding has the cosines first.</summary>
    public bool CosineFirst { get; init; } = true;

    /// <summary>freq_shift: shift of the time embedding's frequencies.</summary>
    public double FrequencyShift { get; init; }

    /// <summary>The UNet of SD 1.x.</summary>
    public static UNetConfig StableDiffusion15 { get; } = new();

    /// <summary>The UNet of SD 2.x.</summary>
    public static UNetConfig StableDiffusion21 { get; } =
        new()
        {
            Heads = [5, 10, 20, 20],
            PromptWidth = 1024,
            LinearProjection = true,
            SampleSize = 96,
        };

    /// <summary>Reads a UNet's <c>config.json</c>.</summary>
    /// <exception cref="ModelException">It is another model's, or its sizes do not fit together.</exception>
    public static UNetConfig Read(string path)
    {
        var json = ForeignConfig.Read(path);
        json.Require(
            json.Text("_class_name", "UNet2DConditionModel") == "UNet2DConditionModel",
            "_class_name",
            "a UNet2DConditionModel of Stable Diffusion 1.x or 2.x is needed"
        );
        json.Require(
            !json.Has("addition_embed_type"),
            "addition_embed_type",
            "this is SDXL, which is not supported; use a Stable Diffusion 1.x or 2.x folder"
        );
        var (inputs, outputs) = (json.Count("in_channels", 1024, fallback: 4), json.Count("out_channels", 1024, fallback: 4));
        json.Require(
            inputs == outputs,
            "in_channels",
            inputs == 9
                ? "this is an inpainting model, which is not supported; use the text-to-image model it was made from"
                : $"{outputs} is needed, as out_channels; inpainting, depth, upscaling and editing models are not supported"
        );
        json.RequireUnused(
            "Stable Diffusion 1.x and 2.x have none; another kind of model is not supported",
            "class_embed_type",
            "encoder_hid_dim",
            "encoder_hid_dim_type",
            "time_cond_proj_dim",
            "num_class_embeds",
            "projection_class_embeddings_input_dim",
            "class_embeddings_concat",
            "time_embedding_act_fn",
            "timestep_post_act",
            "cross_attention_norm",
            "reverse_transformer_layers_per_block",
            "mid_block_only_cross_attention",
            "resnet_skip_time_act",
            "center_input_sample"
        );
        foreach (
            var (key, needed) in new[]
            {
                ("time_embedding_type", "positional"),
                ("resnet_time_scale_shift", "default"),
                ("attention_type", "default"),
            }
        )
            json.Require(json.Text(key, needed) == needed, key, $"{needed} is needed");
        foreach (
            var (key, needed) in new[]
            {
                ("downsample_padding", 1.0),
                ("mid_block_scale_factor", 1),
                ("resnet_out_scale_factor", 1),
                ("conv_in_kernel", 3),
                ("conv_out_kernel", 3),
            }
        )
            json.Require(json.Number(key, needed) == needed, key, $"{needed} is needed");
        json.Require(json.Text("act_fn", "silu") is "silu" or "swish", "act_fn", "silu is needed");
        var hasMiddle = !json.IsNull("mid_block_type");
        json.Require(
            !hasMiddle || json.Text("mid_block_type", "UNetMidBlock2DCrossAttn") == "UNetMidBlock2DCrossAttn",
            "mid_block_type",
            "UNetMidBlock2DCrossAttn or null is needed"
        );
        json.Require(!json.Flag("dual_cross_attention", false), "dual_cross_attention", "false is needed");

        var widths = json.Integers("block_out_channels", [320, 640, 1280, 1280]);
        var down = json.Texts("down_block_types", [DownKinds[0], DownKinds[0], DownKinds[0], DownKinds[1]]);
        var up = json.Texts("up_block_types", [UpKinds[1], UpKinds[0], UpKinds[0], UpKinds[0]]);
        json.Require(down.All(DownKinds.Contains), "down_block_types", $"only {string.Join(" and ", DownKinds)} are supported");
        json.Require(up.All(UpKinds.Contains), "up_block_types", $"only {string.Join(" and ", UpKinds)} are supported");
        json.Require(
            down.Length == widths.Length && up.Length == widths.Length,
            "block_out_channels",
            "as many widths as down and up blocks are needed"
        );
        json.Require(
            widths.Length == 4 && widths.All(width => width is > 0 and <= 65_536),
            "block_out_channels",
            "four widths of 1 to 65536 are needed"
        );
        var depth = json.Has("transformer_layers_per_block") ? json.IntegerPerLevel("transformer_layers_per_block", widths.Length) : [1];
        json.Require(
            depth.All(layers => layers == 1),
            "transformer_layers_per_block",
            "1 is needed; this is a model like SDXL, which is not supported"
        );
        json.Require(
            !json.Has("only_cross_attention") || json.IsFalse("only_cross_attention"),
            "only_cross_attention",
            "false is needed; this is an upscaler, which is not supported"
        );

        var config = new UNetConfig
        {
            InChannels = inputs,
            OutChannels = outputs,
            SampleSize = json.Side("sample_size", most: 512, least: 8, fallback: 64),
            Widths = widths,
            Heads = json.IntegerPerLevel(
                json.Has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim",
                widths.Length,
                fallback: 8
            ),
            DownAttends = [.. down.Select(kind => kind == DownKinds[0])],
            UpAttends = [.. up.Select(kind => kind == UpKinds[0])],
            HasMiddle = hasMiddle,
            LayersPerBlock = json.CountOfAllLevels("layers_per_block", widths.Length, 16, fallback: 2),
            PromptWidth = json.CountOfAllLevels("cross_attention_dim", widths.Length, 65_536, fallback: 1280),
            NormGroups = json.Integer("norm_num_groups", 32),
            NormEpsilon = json.Number("norm_eps", 1e-5),
            LinearProjection = json.Flag("use_linear_projection", false),
            CosineFirst = json.Flag("flip_sin_to_cos", true),
            FrequencyShift = json.Number("freq_shift", 0),
        };
        json.Require(
            config.NormGroups > 0 && widths.All(width => width % config.NormGroups == 0),
            "norm_num_groups",
            "it must divide every width in block_out_channels"
        );
        json.Require(
            config.Heads.Zip(widths).All(pair => pair.First > 0 && pair.Second % pair.First == 0),
            "attention_head_dim",
            "it must divide every width in block_out_channels"
        );
        json.Require(
            !json.Has("time_embedding_dim") || json.Integer("time_embedding_dim") == 4 * widths[0],
            "time_embedding_dim",
            "4 times the first width in block_out_channels is needed"
        );
        json.RefuseUnknownKeys([.. Harmless, "attention_head_dim"]);
        return config;
    }
}
