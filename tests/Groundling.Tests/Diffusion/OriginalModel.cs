using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Diffusion;

/// <summary>Models of the diffusers layout under the names of Stable Diffusion's own training, as single files have them.</summary>
internal static class OriginalModel
{
    public const string VaePrefix = "first_stage_model.";

    // As small as widths of 64 to a head and 32 groups allow; what shapes do not tell is the published models'.
    public static ModelPreset First { get; } =
        new(
            "first",
            new TextEncoderConfig(1024, 64, 256, 2, 1, 77, QuickGelu: true, 1e-5),
            new VaeConfig { Widths = [32, 32, 64, 64], LayersPerBlock = 2 },
            new UNetConfig
            {
                Widths = [32, 64, 64, 64],
                Heads = [8, 8, 8, 8],
                PromptWidth = 64,
                SampleSize = 64,
            },
            PredictionType.Epsilon
        );

    public static ModelPreset Second { get; } =
        new(
            "second",
            new TextEncoderConfig(1024, 128, 256, 2, 2, 77, QuickGelu: false, 1e-5),
            new VaeConfig { Widths = [32, 32, 64, 64], LayersPerBlock = 2 },
            new UNetConfig
            {
                Widths = [64, 64, 128, 128],
                Heads = [1, 1, 2, 2],
                PromptWidth = 128,
                LinearProjection = true,
                SampleSize = 96,
            },
            PredictionType.Velocity
        );

    /// <summary>The autoencoder alone, as such files are shared.</summary>
    public static List<(string Name, Tensor Tensor)> Autoencoder(string model) =>
        [
            .. Tensors(model, isSecond: false)
                .Where(pair => pair.Name.StartsWith(VaePrefix, StringComparison.Ordinal))
                .Select(pair => (pair.Name[VaePrefix.Length..], pair.Tensor)),
        ];

    /// <summary>
    /// The folder's tensors under the names of the original training code, by its structure: 12 input blocks, 3 in the middle, 12 output
    /// blocks.
    /// </summary>
    public static List<(string Name, Tensor Tensor)> Tensors(string model, bool isSecond)
    {
        List<(string Name, Tensor Tensor)> Read(string name)
        {
            using var file = SafetensorsFile.Open(Path.Combine(model, name));
            return [.. file.Entries.Keys.Select(key => (key, file.Read(key)))];
        }
        var text = Read("text_encoder/model.safetensors");
        return
        [
            .. Read("unet/diffusion_pytorch_model.safetensors")
                .Select(pair => ($"model.diffusion_model.{UNetName(pair.Name)}", pair.Tensor)),
            .. Read("vae/diffusion_pytorch_model.safetensors")
                .Select(pair =>
                    (
                        $"{VaePrefix}{VaeName(pair.Name)}",
                        pair.Name.Contains(".attentions.", StringComparison.Ordinal) && pair.Tensor.dim() == 2
                            ? pair.Tensor.unsqueeze(-1).unsqueeze(-1)
                            : pair.Tensor
                    )
                ),
            .. isSecond ? SecondText(text) : text.Select(pair => ($"cond_stage_model.transformer.{pair.Name}", pair.Tensor)),
        ];
    }

    private static string UNetName(string name)
    {
        var parts = name.Split('.');
        var rest = string.Join('.', parts.Skip(4));
        string Block(string list, int number) => $"{list}.{number}.{(parts[2] == "resnets" ? $"0.{Resnet(rest)}" : $"1.{rest}")}";
        int Number(int at) => int.Parse(parts[at]);
        return (parts[0], parts.ElementAtOrDefault(2)) switch
        {
            ("conv_in", _) => $"input_blocks.0.0.{parts[1]}",
            ("conv_norm_out", _) => $"out.0.{parts[1]}",
            ("conv_out", _) => $"out.2.{parts[1]}",
            ("time_embedding", _) => $"time_embed.{(parts[1] == "linear_1" ? 0 : 2)}.{parts[2]}",
            ("down_blocks", "downsamplers") => $"input_blocks.{3 * Number(1) + 3}.0.op.{parts[^1]}",
            ("up_blocks", "upsamplers") => $"output_blocks.{3 * Number(1) + 2}.{(Number(1) == 0 ? 1 : 2)}.conv.{parts[^1]}",
            ("down_blocks", _) => Block("input_blocks", 3 * Number(1) + 1 + Number(3)),
            ("up_blocks", _) => Block("output_blocks", 3 * Number(1) + Number(3)),
            _ => parts[1] == "attentions"
                ? $"middle_block.1.{string.Join('.', parts.Skip(3))}"
                : $"middle_block.{2 * Number(2)}.{Resnet(string.Join('.', parts.Skip(3)))}",
        };
    }

    private static string Resnet(string name) =>
        name.Replace("norm1", "in_layers.0")
            .Replace("conv1", "in_layers.2")
            .Replace("time_emb_proj", "emb_layers.1")
            .Replace("norm2", "out_layers.0")
            .Replace("conv2", "out_layers.3")
            .Replace("conv_shortcut", "skip_connection");

    private static string VaeName(string name)
    {
        name = name.Replace("conv_norm_out", "norm_out")
            .Replace("conv_shortcut", "nin_shortcut")
            .Replace("mid_block.resnets.0", "mid.block_1")
            .Replace("mid_block.resnets.1", "mid.block_2")
            .Replace("mid_block.attentions.0.group_norm", "mid.attn_1.norm")
            .Replace("mid_block.attentions.0.to_out.0", "mid.attn_1.proj_out")
            .Replace("mid_block.attentions.0.to_", "mid.attn_1.")
            .Replace("resnets.", "block.")
            .Replace("downsamplers.0", "downsample")
            .Replace("upsamplers.0", "upsample")
            .Replace("down_blocks.", "down.");
        for (var place = 0; place < 4; place++)
            name = name.Replace($"decoder.up_blocks.{place}.", $"decoder.up.{3 - place}.");
        return name;
    }

    /// <summary>OpenCLIP's, with a last layer that Stable Diffusion does not use, and what compares texts with pictures.</summary>
    private static IEnumerable<(string, Tensor)> SecondText(List<(string Name, Tensor Tensor)> tensors)
    {
        const string prefix = "cond_stage_model.model.";
        Tensor Of(string name) => tensors.Single(pair => pair.Name == $"text_model.{name}").Tensor;
        yield return ($"{prefix}token_embedding.weight", Of("embeddings.token_embedding.weight"));
        yield return ($"{prefix}positional_embedding", Of("embeddings.position_embedding.weight"));
        yield return ($"{prefix}text_projection", ones(4, 4));
        yield return ($"{prefix}logit_scale", ones(1).squeeze());
        foreach (var kind in new[] { "weight", "bias" })
        {
            yield return ($"{prefix}ln_final.{kind}", Of($"final_layer_norm.{kind}"));
            for (var layer = 0; layer < 3; layer++)
            {
                Tensor Inner(string name) =>
                    layer == 2 ? ones_like(Of($"encoder.layers.1.{name}.{kind}")) : Of($"encoder.layers.{layer}.{name}.{kind}");
                var block = $"{prefix}transformer.resblocks.{layer}";
                yield return (
                    $"{block}.attn.in_proj_{kind}",
                    cat([.. new[] { "q", "k", "v" }.Select(part => Inner($"self_attn.{part}_proj"))])
                );
                yield return ($"{block}.attn.out_proj.{kind}", Inner("self_attn.out_proj"));
                yield return ($"{block}.ln_1.{kind}", Inner("layer_norm1"));
                yield return ($"{block}.ln_2.{kind}", Inner("layer_norm2"));
                yield return ($"{block}.mlp.c_fc.{kind}", Inner("mlp.fc1"));
                yield return ($"{block}.mlp.c_proj.{kind}", Inner("mlp.fc2"));
            }
        }
    }
}
