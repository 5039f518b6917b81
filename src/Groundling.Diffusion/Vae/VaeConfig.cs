namespace Groundling.Diffusion;

/// <summary>Sizes of Stable Diffusion's variational autoencoder.</summary>
public sealed record VaeConfig
{
    private const string DownKind = "DownEncoderBlock2D",
        UpKind = "UpDecoderBlock2D";

    /// <summary>Of pictures in training (sample_size), and of formats that hold less than float32 (force_upcast).</summary>
    private static readonly string[] Harmless = ["sample_size", "force_upcast"];

    /// <summary>Width of each level, finest first; the latents are 2^(levels - 1) times smaller than the picture.</summary>
    public IReadOnlyList<long> Widths { get; init; } = [128, 256, 512, 512];

    /// <summary>Residual blocks of an encoder level; a decoder level has one more.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>Channels of the latents.</summary>
    public long LatentChannels { get; init; } = 4;

    /// <summary>Groups of the group norms.</summary>
    public long NormGroups { get; init; } = 32;

    /// <summary>Factor that brings latents to unit variance.</summary>
    public double ScalingFactor { get; init; } = 0.18215;

    /// <summary>The autoencoder of SD 1.x and 2.x.</summary>
    public static VaeConfig StableDiffusion { get; } = new();

    /// <summary>Reads a VAE's <c>config.json</c>.</summary>
    /// <exception cref="ModelException">It is another kind of autoencoder, or its sizes do not fit together.</exception>
    public static VaeConfig Read(string path)
    {
        var json = ForeignConfig.Read(path);
        json.Require(json.Text("_class_name", "AutoencoderKL") == "AutoencoderKL", "_class_name", "an AutoencoderKL is needed");
        json.Require(json.Integer("in_channels", 3) == 3, "in_channels", "3 is needed");
        json.Require(json.Integer("out_channels", 3) == 3, "out_channels", "3 is needed");
        json.Require(json.Text("act_fn", "silu") is "silu" or "swish", "act_fn", "silu is needed");
        var config = new VaeConfig
        {
            Widths = json.Integers("block_out_channels"),
            LayersPerBlock = json.Count("layers_per_block", 16, fallback: 1),
            LatentChannels = json.Integer("latent_channels", 4),
            NormGroups = json.Integer("norm_num_groups", 32),
            ScalingFactor = json.Number("scaling_factor", 0.18215),
        };
        json.Require(json.Texts("down_block_types").All(kind => kind == DownKind), "down_block_types", $"only {DownKind} is supported");
        json.Require(json.Texts("up_block_types").All(kind => kind == UpKind), "up_block_types", $"only {UpKind} is supported");
        json.Require(
            json.Texts("down_block_types").Length == config.Widths.Count && json.Texts("up_block_types").Length == config.Widths.Count,
            "block_out_channels",
            "as many widths as down and up blocks are needed"
        );
        json.Require(
            config.Widths.Count == 4 && config.Widths.All(width => width is > 0 and <= 65_536),
            "block_out_channels",
            "four widths of 1 to 65536 are needed"
        );
        json.Require(
            config.NormGroups > 0 && config.Widths.All(width => width % config.NormGroups == 0),
            "norm_num_groups",
            "it must divide every width in block_out_channels"
        );
        json.Require(config.LatentChannels is > 0 and <= 64, "latent_channels", "1 to 64 are needed");
        json.Require(config.ScalingFactor > 0, "scaling_factor", "a positive number is needed");
        json.RequireUnused(
            "Stable Diffusion 1.x and 2.x have none; another kind of autoencoder is not supported",
            "shift_factor",
            "latents_mean",
            "latents_std"
        );
        foreach (var key in new[] { "use_quant_conv", "use_post_quant_conv", "mid_block_add_attention" })
            json.Require(json.Flag(key, true), key, "true is needed");
        json.RefuseUnknownKeys(Harmless);
        return config;
    }
}
