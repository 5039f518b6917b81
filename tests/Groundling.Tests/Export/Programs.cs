using System.ComponentModel;
using System.Diagnostics;

namespace Groundling.Tests.Export;

/// <summary>Other people's programs, where they are installed.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end; code -1 where there is none of the name.</summary>
    public static (int Code, string Error) Run(string folder, string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, $"{error}{output.Result}");
        }
        catch (Win32Exception)
        {
            return (-1, $"{name} is not installed");
        }
    }
}
