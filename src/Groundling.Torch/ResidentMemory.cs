using System.Diagnostics;
using System.Globalization;

namespace Groundling.Torch;

/// <summary>How much memory this process holds: its resident set size (RSS).</summary>
public static class ResidentMemory
{
    /// <summary>Bytes resident now.</summary>
    public static long Now => FromStatus("VmRSS:") ?? Environment.WorkingSet;

    /// <summary>The most bytes that were resident at any time.</summary>
    public static long Peak
    {
        get
        {
            if (FromStatus("VmHWM:") is { } peak)
                return peak;
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    private static long? FromStatus(string key)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(key, StringComparison.Ordinal));
        return line is null
            ? null
            : 1024 * long.Parse(line.AsSpan(key.Length).Trim().TrimEnd("kB ").ToString(), CultureInfo.InvariantCulture);
    }
}
