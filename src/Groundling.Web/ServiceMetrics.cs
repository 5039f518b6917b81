using System.Diagnostics.Metrics;
using Groundling.Hosting;
using Groundling.Torch;

namespace Groundling.Web;

/// <summary>What the service measures of itself, beside what <see cref="GroundlingDiagnostics"/> says of the model.</summary>
internal sealed class ServiceMetrics
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60],
    };
    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Histogram<int> _taken;
    private readonly Histogram<double> _waited,
        _worked;

    public ServiceMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(GroundlingDiagnostics.Name);
        _requests = _meter.CreateCounter<long>("groundling.requests", description: "Answered requests by route and status.");
        _taken = _meter.CreateHistogram(
            "groundling.batch.size",
            description: "Waiting requests taken at a time.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32] }
        );
        _waited = _meter.CreateHistogram(
            "groundling.wait",
            "s",
            "From the end of a request's preparation to the begin of its work.",
            advice: Seconds
        );
        _worked = _meter.CreateHistogram("groundling.work", "s", "The model's time for a request.", advice: Seconds);
        _meter.CreateObservableGauge("groundling.memory.resident", () => ResidentMemory.Now, "By", "Resident memory of the process.");
    }

    /// <summary>Shows the length of a queue.</summary>
    public void Watch(Func<int> queueLength) =>
        _meter.CreateObservableGauge("groundling.queue.length", queueLength, description: "Requests that wait.");

    public void Answered(string route, int status) => _requests.Add(1, new("route", route), new("status", status));

    public void Taken(int requests) => _taken.Record(requests);

    public void Waited(double seconds) => _waited.Record(seconds);

    public void Worked(double seconds) => _worked.Record(seconds);
}
