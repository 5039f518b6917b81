using Groundling.Diffusion;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Tests.Parity;

/// <summary>
/// Stable Diffusion's UNet in double precision, from its published names and libtorch's plain operators alone: slow, and nothing of ours
/// in it.
/// </summary>
/// <param name="weights">By their names in the standard layout.</param>
/// <param name="config">The UNet's sizes.</param>
internal sealed class ReferenceUNet(IReadOnlyDictionary<string, Tensor> weights, UNetConfig config)
{
    /// <summary>[B, heads, hw, K] the attention to the prompt, by the attention's name.</summary>
    public Dictionary<string, Tensor> Maps { get; } = [];

    /// <summary>The features of the up blocks before their doubling, finest first.</summary>
    public List<Tensor> Features { get; } = [];

    /// <returns>[B, 4, h, w] the prediction; tensors belong to the current dispose scope.</returns>
    public Tensor Run(Tensor latents, Tensor times, Tensor prompt)
    {
        prompt = prompt.to(float64);
        var half = config.Widths[0] / 2;
        var angles = times.to(float64).unsqueeze(1) * (arange(half, float64) * (-Math.Log(10_000) / (half - config.FrequencyShift))).exp();
        var waves = config.CosineFirst ? cat([angles.cos(), angles.sin()], 1) : cat([angles.sin(), angles.cos()], 1);
        var time = functional.silu(Linear("time_embedding.linear_2", functional.silu(Linear("time_embedding.linear_1", waves))));

        var image = Convolution("conv_in", latents.to(float64));
        var skips = new Stack<Tensor>([image]);
        for (var level = 0; level < config.Widths.Count; level++)
        {
            for (var i = 0; i < config.LayersPerBlock; i++)
            {
                image = Residual($"down_blocks.{level}.resnets.{i}", image, time);
                if (config.DownAttends[level])
                    image = Transformer($"down_blocks.{level}.attentions.{i}", image, prompt, config.Heads[level]);
                skips.Push(image);
            }
            if (level == config.Widths.Count - 1)
                continue;
            image = Convolution($"down_blocks.{level}.downsamplers.0.conv", image, stride: 2);
            skips.Push(image);
        }
        image = Residual("mid_block.resnets.0", image, time);
        image = Transformer("mid_block.attentions.0", image, prompt, config.Heads[^1]);
        image = Residual("mid_block.resnets.1", image, time);
        for (var place = 0; place < config.Widths.Count; place++)
        {
            for (var i = 0; i <= config.LayersPerBlock; i++)
            {
                image = Residual($"up_blocks.{place}.resnets.{i}", cat([image, skips.Pop()], 1), time);
                if (config.UpAttends[place])
                    image = Transformer($"up_blocks.{place}.attentions.{i}", image, prompt, config.Heads[^(place + 1)]);
            }
            Features.Insert(0, image);
            if (place == config.Widths.Count - 1)
                continue;
            image = Convolution($"up_blocks.{place}.upsamplers.0.conv", image.repeat_interleave(2, 2).repeat_interleave(2, 3));
        }
        return Convolution("conv_out", functional.silu(GroupNorm("conv_norm_out", image, config.NormEpsilon)));
    }

    private Tensor Residual(string name, Tensor image, Tensor time)
    {
        var hidden = Convolution($"{name}.conv1", functional.silu(GroupNorm($"{name}.norm1", image, config.NormEpsilon)));
        hidden = hidden + Linear($"{name}.time_emb_proj", time).unsqueeze(-1).unsqueeze(-1);
        hidden = Convolution($"{name}.conv2", functional.silu(GroupNorm($"{name}.norm2", hidden, config.NormEpsilon)));
        return hidden + (weights.ContainsKey($"{name}.conv_shortcut.weight") ? Convolution($"{name}.conv_shortcut", image) : image);
    }

    private Tensor Transformer(string name, Tensor image, Tensor prompt, long heads)
    {
        var (height, width) = (image.shape[2], image.shape[3]);
        var pixels = Projection($"{name}.proj_in", GroupNorm($"{name}.norm", image, 1e-6).flatten(2).transpose(1, 2));
        var block = $"{name}.transformer_blocks.0";
        var normed = LayerNorm($"{block}.norm1", pixels);
        pixels = pixels + Attention($"{block}.attn1", normed, normed, heads);
        pixels = pixels + Attention($"{block}.attn2", LayerNorm($"{block}.norm2", pixels), prompt, heads);
        var halves = Linear($"{block}.ff.net.0.proj", LayerNorm($"{block}.norm3", pixels)).chunk(2, -1);
        pixels = pixels + Linear($"{block}.ff.net.2", halves[0] * functional.gelu(halves[1]));
        return image + Projection($"{name}.proj_out", pixels).transpose(1, 2).reshape(image.shape[0], -1, height, width);
    }

    private Tensor Attention(string name, Tensor pixels, Tensor context, long heads)
    {
        Tensor Heads(string part, Tensor states) =>
            Linear($"{name}.{part}", states).reshape(states.shape[0], states.shape[1], heads, -1).transpose(1, 2);
        var (query, key, value) = (Heads("to_q", pixels), Heads("to_k", context), Heads("to_v", context));
        var map = (query.matmul(key.transpose(-2, -1)) / Math.Sqrt(query.shape[^1])).softmax(-1);
        if (!ReferenceEquals(pixels, context))
            Maps.Add(name, map);
        return Linear($"{name}.to_out.0", map.matmul(value).transpose(1, 2).flatten(2));
    }

    /// <summary>A matrix, or a 1x1 convolution: the same on pixels.</summary>
    private Tensor Projection(string name, Tensor pixels) =>
        pixels.matmul(Weight($"{name}.weight").flatten(1).t()) + Weight($"{name}.bias");

    private Tensor Linear(string name, Tensor states) =>
        weights.ContainsKey($"{name}.bias") ? Projection(name, states) : states.matmul(Weight($"{name}.weight").t());

    private Tensor Convolution(string name, Tensor image, long stride = 1)
    {
        var kernel = Weight($"{name}.weight");
        var padding = kernel.shape[2] / 2;
        return functional.conv2d(image, kernel, Weight($"{name}.bias"), strides: [stride, stride], padding: [padding, padding]);
    }

    private Tensor GroupNorm(string name, Tensor image, double epsilon) =>
        functional.group_norm(image, config.NormGroups, Weight($"{name}.weight"), Weight($"{name}.bias"), epsilon);

    private Tensor LayerNorm(string name, Tensor states) =>
        functional.layer_norm(states, [states.shape[^1]], Weight($"{name}.weight"), Weight($"{name}.bias"), 1e-5);

    private Tensor Weight(string name) => weights[name].to(float64);
}
