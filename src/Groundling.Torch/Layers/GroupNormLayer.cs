using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>Group normalisation, followed by SiLU where the architecture always has the two together.</summary>
public sealed class GroupNormLayer : Module<Tensor, Tensor>
{
    private readonly long _groups;
    private readonly double _epsilon;
    private readonly bool _silu;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <param name="groups">Groups of channels that share mean and variance.</param>
    /// <param name="channels">C</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="silu">Whether x sigmoid(x) follows.</param>
    public GroupNormLayer(long groups, long channels, double epsilon, bool silu)
        : base(nameof(GroupNormLayer))
    {
        (_groups, _epsilon, _silu) = (groups, epsilon, silu);
        _weight = Parameters.Own(ones(channels, device: CPU));
        _bias = Parameters.Own(zeros(channels, device: CPU));
        RegisterComponents();
    }

    /// <param name="image">[B, C, h, w]</param>
    /// <returns>[B, C, h, w]</returns>
    public override Tensor forward(Tensor image)
    {
        if (GroupNormKernel.Serves(image))
            return is_grad_enabled()
                ? GroupNormFunction.Run(image, _groups, _weight, _bias, _epsilon, _silu)
                : GroupNormKernel.Run(image, _groups, _weight, _bias, _epsilon, _silu);
        var normed = functional.group_norm(image, _groups, _weight, _bias, _epsilon);
        if (!_silu)
            return normed;
        using (normed)
            return functional.silu(normed);
    }
}
