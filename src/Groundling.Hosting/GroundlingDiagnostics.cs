using System.Diagnostics;

namespace Groundling.Hosting;

/// <summary>
/// What to ask OpenTelemetry, or any other listener of System.Diagnostics, for: <c>tracing.AddSource(GroundlingDiagnostics.Name)</c>,
/// <c>metrics.AddMeter(GroundlingDiagnostics.Name)</c>. No trace and no meter ever holds a word of a caption.
/// </summary>
public static class GroundlingDiagnostics
{
    /// <summary>The name of the activity source and of the meter.</summary>
    /// <remarks>
    /// Activities: <c>groundling.open</c>, <c>groundling.ground</c>. Instruments: <c>groundling.ground.duration</c> (seconds, by model and
    /// by the kind of fault where there was one), <c>groundling.phrases</c> (phrases grounded).
    /// </remarks>
    public const string Name = "Groundling";

    internal static ActivitySource Source { get; } = new(Name, typeof(GroundlingDiagnostics).Assembly.GetName().Version?.ToString(3));
}
