using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Groundling.Hosting;

/// <summary>
/// Traces and measures groundings, for whoever does them otherwise than by the shared <see cref="IGroundingPipeline"/>, which does so
/// itself.
/// </summary>
public sealed class GroundingTelemetry
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60],
    };
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _phrases;

    /// <param name="meters">Makes the meter <see cref="GroundlingDiagnostics.Name"/>.</param>
    public GroundingTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(GroundlingDiagnostics.Name);
        _duration = meter.CreateHistogram(
            "groundling.ground.duration",
            "s",
            "The model's time for a picture and its caption.",
            advice: Seconds
        );
        _phrases = meter.CreateCounter<long>("groundling.phrases", "{phrase}", "Phrases that were grounded.");
    }

    /// <summary>Does a grounding, and says how it went.</summary>
    /// <param name="origin">What makes the masks.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="caption">The caption.</param>
    /// <param name="work">The grounding.</param>
    /// <param name="parent">The activity that asked for it, where the work is done on another thread; otherwise the current one.</param>
    public T Measure<T>(GroundingOrigin origin, Picture picture, Caption caption, Func<T> work, ActivityContext parent = default)
    {
        ArgumentNullException.ThrowIfNull(origin);
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentNullException.ThrowIfNull(work);
        using var activity = GroundlingDiagnostics.Source.StartActivity("groundling.ground", ActivityKind.Internal, parent);
        activity
            ?.SetTag("groundling.model", origin.Model)
            .SetTag("groundling.phrases", caption.Phrases.Count)
            .SetTag("groundling.picture.width", picture.Width)
            .SetTag("groundling.picture.height", picture.Height);
        var tags = new TagList { { "model", origin.Model } };
        var begun = Stopwatch.GetTimestamp();
        try
        {
            var result = work();
            _phrases.Add(caption.Phrases.Count, tags);
            return result;
        }
        catch (Exception e)
        {
            // Its type alone: a message may quote the caption, which no trace holds.
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", e.GetType().FullName);
            tags.Add("error.type", e.GetType().FullName);
            throw;
        }
        finally
        {
            _duration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, tags);
        }
    }
}
