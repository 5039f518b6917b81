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
            _ = TorchSharp.torch.get_num_threads();
        }
        catch (Exception e)
            when (e
                    is TypeInitializationException
                        or DllNotFoundException
                        or EntryPointNotFoundException
                        or NotSupportedException
                        or BadImageFormatException
            )
        {
            throw new EngineException(Explained(e.ToString()), e);
        }
    }

    /// <summary>What to do about a fault of loading.</summary>
    /// <param name="fault">Everything that the loader said.</param>
    private static string Explained(string fault) =>
        fault.Contains("GLIBCXX", StringComparison.Ordinal)
            ? "libLibTorchSharp.so asks for a newer libstdc++ than this system has; reference the package Groundling.Torch "
                + "from the program itself and build it again: its build step mends the file"
            : $"no libtorch can be loaded; add the one of this system to the program: dotnet add package {Package} --version {LibtorchVersion}";

    private static string Package =>
        OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64"
        : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64"
        : "libtorch-cpu-linux-x64";
}
