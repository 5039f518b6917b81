using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>New parameters. They belong to their module and to no dispose scope, wherever the module is built.</summary>
public static class Parameters
{
    /// <summary>A parameter whose memory is reserved but not written yet: large models cost nothing until they are loaded or initialised.</summary>
    public static Parameter Reserve(params long[] shape) => Own(empty(shape));

    /// <summary>A parameter that starts as a given tensor.</summary>
    public static Parameter Own(Tensor start) => (Parameter)new Parameter(start).DetachFromDisposeScope();
}
