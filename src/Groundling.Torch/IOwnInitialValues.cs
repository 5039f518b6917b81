using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A module some of whose tensors do not start the usual way, such as projections that start at zero.</summary>
public interface IOwnInitialValues
{
    /// <summary>The first value of one of the module's tensors, or null where it starts as usual.</summary>
    /// <param name="name">The tensor's name as seen from this module, dots between its parts.</param>
    /// <param name="shape">The tensor's shape.</param>
    Tensor? InitialValue(string name, long[] shape);
}
