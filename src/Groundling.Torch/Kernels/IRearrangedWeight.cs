using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A frozen layer's weight in the forms that suit its inputs.</summary>
internal interface IRearrangedWeight : IDisposable
{
    /// <summary>
    /// Whether it has a form for an input that is faster than the plain layer. The input's size alone decides, so that a picture's result
    /// does not depend on those before it.
    /// </summary>
    bool Suits(Tensor input);

    /// <summary>The layer's output for an input that it suits.</summary>
    /// <param name="input">The layer's input.</param>
    /// <param name="bias">[out], or none.</param>
    Tensor Multiply(Tensor input, Tensor? bias);

    /// <summary>Lets the system take back the memory of what lies in a file.</summary>
    void ReleasePages();
}
