using System.Runtime.CompilerServices;

namespace Groundling.Tests;

/// <summary>The tests keep nothing in the caches of who runs them.</summary>
internal static class TestCaches
{
    private const string Variable = "XDG_CACHE_HOME";

    [ModuleInitializer]
    internal static void Begin()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"groundling-test-caches-{Environment.ProcessId}");
        Environment.SetEnvironmentVariable(Variable, folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        };
    }
}
