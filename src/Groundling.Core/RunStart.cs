using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Groundling.Core;

/// <summary>One start of a training or an evaluation: when, where and with what program.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="CommandLine">The command.</param>
/// <param name="Version">The program's version, a plus sign, and the commit it was built from.</param>
/// <param name="Machine">The computer's name, system and processor.</param>
/// <param name="Cores">Logical processors.</param>
/// <param name="MemoryMegabytes">Memory that the process may use.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Packages">Every package of the program with its version.</param>
/// <param name="Threads">Threads that it computes with; null where an earlier version did not record them.</param>
/// <param name="Device">Where the model computes, and in which kind of number; null where no model does, or it was not recorded.</param>
public sealed record RunStart(
    DateTime Time,
    string CommandLine,
    string Version,
    string Machine,
    int Cores,
    long MemoryMegabytes,
    string Runtime,
    IReadOnlyList<string> Packages,
    int? Threads = null,
    string? Device = null
)
{
    /// <summary>A start of this process.</summary>
    /// <param name="threads">Threads that it computes with.</param>
    /// <param name="device">Where the model computes.</param>
    public static RunStart Now(int threads, string? device = null) =>
        new(
            DateTime.UtcNow,
            Environment.CommandLine,
            typeof(RunStart).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
            $"{Environment.MachineName}, {RuntimeInformation.OSDescription}, {Processor()}",
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1_000_000,
            RuntimeInformation.FrameworkDescription,
            PackagesOfProgram(),
            threads,
            device
        );

    private static string Processor()
    {
        const string info = "/proc/cpuinfo",
            key = "model name";
        var line = File.Exists(info) ? File.ReadLines(info).FirstOrDefault(text => text.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    /// <summary>
    /// From the list that the build leaves beside the program; the libraries themselves do not tell their package's version.
    /// </summary>
    private static IReadOnlyList<string> PackagesOfProgram()
    {
        var file = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];
        if (file is null || !File.Exists(file))
            return [];
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. json
                .RootElement.GetProperty("libraries")
                .EnumerateObject()
                .Where(library => library.Value.GetProperty("type").ValueEquals("package"))
                .Select(library => library.Name.Replace('/', ' '))
                .Order(StringComparer.Ordinal),
        ];
    }
}
