using System.Reflection;
using TorchSharp;
using Xunit.v3;

namespace Groundling.Tests;

/// <summary>
/// Keeps every tensor that a test makes on its thread until the test ends, and frees it then. TorchSharp hands libtorch a tensor's address
/// and not the tensor: one whose last use is the call that runs may be collected, and freed by its finalizer, in the midst of the call.
/// Asynchronous tests change threads, and hold their tensors themselves.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class HeldTensorsAttribute : BeforeAfterTestAttribute
{
    private DisposeScope? _held;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) =>
        _held = methodUnderTest.ReturnType == typeof(void) ? torch.NewDisposeScope() : null;

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test) => _held?.Dispose();
}
