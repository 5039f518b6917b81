using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>New parameters. They belong to their module and to no dispose scope, wherever the module is built.</summary>
public static class Parameters
{
    /// <summary>
    /// A parameter that has a shape but no memory of its own: large models cost nothing until <see cref="ModuleWeights.LoadExactly"/> or
    /// <see cref="Initialization.Initialize"/> gives them values. Until then it must not be written to.
    /// </summary>
    public static Parameter Reserve(params long[] shape)
    {
        using var one = zeros(1, device: CPU);
        return Own(one.expand(shape));
    }

    /// <summary>A parameter that starts as a given tensor.</summary>
    public static Parameter Own(Tensor start)
    {
        var parameter = (Parameter)new Parameter(start).DetachFromDisposeScope();
        GC.KeepAlive(start); // where no scope holds it
        return parameter;
    }
}
