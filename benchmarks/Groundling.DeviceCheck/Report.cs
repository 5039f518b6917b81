using System.Diagnostics;

namespace Groundling.DeviceCheck;

/// <summary>Parts one after another on standard output: one that fails says so, and the next one runs.</summary>
/// <param name="seconds">Parts that would begin later are left out.</param>
internal sealed class Report(double seconds)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Parts that have failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Whether the time is over.</summary>
    public bool IsLate => _clock.Elapsed.TotalSeconds > seconds;

    public static void Say(string line) => Console.WriteLine($"   {line}");

    public void Part(string name, Action work)
    {
        Console.WriteLine($"## {name}");
        if (IsLate)
        {
            Say($"left out: {seconds:F0} s are over");
            return;
        }
        var begun = _clock.Elapsed;
        try
        {
            work();
            Say($"({(_clock.Elapsed - begun).TotalSeconds:F1} s)");
        }
        catch (Exception e)
        {
            Failed++;
            Say($"FAILED {e.GetType().Name}: {string.Join(" | ", e.Message.Split('\n').Take(3))}");
            foreach (
                var line in (e.StackTrace ?? "").Split('\n').Where(line => line.Contains("Groundling.", StringComparison.Ordinal)).Take(6)
            )
                Say($"   {line.Trim()}");
        }
    }
}
