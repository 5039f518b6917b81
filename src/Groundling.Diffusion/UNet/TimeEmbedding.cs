using Groundling.Torch;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>Diffusion time as sines and cosines, then two linear layers.</summary>
internal sealed class TimeEmbedding : Module<Tensor, Tensor>
{
    private readonly UNetConfig _config;

    [ComponentName(Name = "linear_1")]
    private readonly LinearLayer _first;

    [ComponentName(Name = "linear_2")]
    private readonly LinearLayer _second;

    public TimeEmbedding(UNetConfig config)
        : base(nameof(TimeEmbedding))
    {
        _config = config;
        _first = new(config.Widths[0], 4 * config.Widths[0]);
        _second = new(4 * config.Widths[0], 4 * config.Widths[0]);
        RegisterComponents();
    }

    /// <param name="times">[B] time steps, 0 to 999.</param>
    /// <returns>[B, 4 C_0]</returns>
    public override Tensor forward(Tensor times)
    {
        using var scope = NewDisposeScope();
        var half = _config.Widths[0] / 2;
        var exponents = HeldScalars.Range(half, float32, times.device).Times(-Math.Log(10_000) / (half - _config.FrequencyShift));
        var angles = times.to(float32).unsqueeze(1) * exponents.exp().unsqueeze(0); // [B, C_0/2]
        var waves = _config.CosineFirst ? cat([angles.cos(), angles.sin()], 1) : cat([angles.sin(), angles.cos()], 1);
        return _second.call(functional.silu(_first.call(waves))).MoveToOuterDisposeScope();
    }
}
