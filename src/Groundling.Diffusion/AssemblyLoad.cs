using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Groundling.Torch;

namespace Groundling.Diffusion;

/// <summary>What must be chosen before libtorch is loaded, which the first use of this assembly may do.</summary>
internal static class AssemblyLoad
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "libgomp reads its environment before anything else of this library could run.")]
    internal static void ChooseWaiting() => OpenMpWaiting.Choose();
}
