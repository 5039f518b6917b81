using System.Runtime.InteropServices;

namespace Groundling.Torch;

/// <summary>The native engine, libtorch, is missing or cannot be loaded; the message names the package to add.</summary>
public sealed class EngineException : GroundlingException
{
    private const string LibtorchVersion = "2.10.0"; // what TorchSharp 0.107.0 is built for

    /// <summary>Creates the error with its whole text.</summary>
    public EngineException(string message)
        : base(message) { }

    /// <summary>Creates the error with its whole text and the fault below it.</summary>
    public EngineException(string message, Exception inner)
        : base(message, inner) { }

    /// <summary>Loads libtorch, where that has not been done.</summary>
    /// <exception cref="EngineException">There is none, or it cannot be loaded.</exception>
    public static void ThrowIfUnavailable()
    {
        try
        {
            if (NativeLibrary.TryLoad("LibTorchSharp", typeof(TorchSharp.torch).Assembly, null, out _))
                _ = TorchSharp.torch.get_num_threads();
            else
                LoadQuietly();
        }
        catch (Exception e) when (IsOfLoading(e))
        {
            throw new EngineException(Explained(e.ToString()), e);
        }
    }

    /// <summary>
    /// The explanation of a fault that came out of TorchSharp wherever it was first used; null where it is another one.
    /// </summary>
    /// <param name="fault">What was thrown.</param>
    public static EngineException? Of(Exception fault)
    {
        for (var at = fault; at is not null; at = at.InnerException)
            if (IsOfLoading(at) && at.ToString().Contains("TorchSharp", StringComparison.Ordinal))
                return new(Explained(fault.ToString()), fault);
        return null;
    }

    /// <summary>TorchSharp's own search goes further, and tells the standard output of every place where it finds nothing.</summary>
    private static void LoadQuietly()
    {
        var output = Console.Out;
        Console.SetOut(TextWriter.Null);
        try
        {
            _ = TorchSharp.torch.get_num_threads();
        }
        finally
        {
            Console.SetOut(output);
        }
    }

    private static bool IsOfLoading(Exception fault) =>
        fault
            is TypeInitializationException
                or DllNotFoundException
                or EntryPointNotFoundException
                or NotSupportedException
                or BadImageFormatException;

    /// <summary>What to do about a fault of loading.</summary>
    /// <param name="fault">Everything that the loader said.</param>
    private static string Explained(string fault) =>
        fault.Contains("GLIBCXX", StringComparison.Ordinal)
            ? "libLibTorchSharp.so asks for a newer libstdc++ than this system has; reference the package Groundling.Torch "
                + "from the program itself and build it again: its build step mends the file"
        : OperatingSystem.IsWindows() && VisualCppRuntime.FirstOrDefault(file => !NativeLibrary.TryLoad(file, out _)) is { } missing
            ? $"libtorch needs {missing} of the Visual C++ runtime, which this Windows lacks: winget install {VisualCppPackage}"
        : $"no libtorch can be loaded; add the one of this system to the program: dotnet add package {Package} --version {LibtorchVersion}";

    /// <summary>What libtorch's libraries for Windows import and a new Windows has not.</summary>
    private static readonly string[] VisualCppRuntime = ["vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll"];

    private static string VisualCppPackage =>
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "Microsoft.VCRedist.2015+.arm64" : "Microsoft.VCRedist.2015+.x64";

    private static string Package =>
        OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64"
        : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64"
        : "libtorch-cpu-linux-x64";
}
