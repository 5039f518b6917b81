using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Groundling.Hosting;

/// <summary>The application's one model: opened once, by whoever asks first, and disposed with the application's services.</summary>
/// <param name="options">Which model.</param>
/// <param name="logger">Told when it is opened.</param>
public sealed partial class SharedModel(IOptions<SharedModelOptions> options, ILogger<SharedModel> logger) : IDisposable
{
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _gate = new();
    private Task<GroundingPipeline>? _opening;

    /// <summary>Whether the model is open.</summary>
    public bool IsOpen => Opening is { IsCompletedSuccessfully: true };

    /// <summary>Why the model could not be opened; null while it is being opened, and afterwards.</summary>
    public Exception? Fault => Opening?.Exception?.GetBaseException();

    private Task<GroundingPipeline>? Opening
    {
        get
        {
            lock (_gate)
                return _opening;
        }
    }

    /// <summary>
    /// The model, opened on a thread of the pool where it is not open yet. One that could not be opened stays so: the same exception comes
    /// again.
    /// </summary>
    /// <param name="cancellation">Ends the wait; the opening goes on for others.</param>
    /// <returns>The pipeline; it belongs to this object.</returns>
    /// <exception cref="Exception">
    /// The options or the model cannot be used: what
    /// <see cref="GroundingPipeline.Open(GroundingPipelineOptions, IProgress{OpeningProgress}?, CancellationToken)"/> throws.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The application has ended.</exception>
    public Task<GroundingPipeline> OpenAsync(CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<GroundingPipeline>(cancellation);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
            _opening ??= Task.Run(Open);
            return _opening.WaitAsync(cancellation);
        }
    }

    /// <summary>Disposes the model, after waiting for an opening that is under way.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed.IsCancellationRequested)
                return;
            _disposed.Cancel();
        }
        // What failed or was cancelled has nothing to dispose of.
        _opening
            ?.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
            .Wait();
        if (_opening is { IsCompletedSuccessfully: true })
            _opening.Result.Dispose();
    }

    private GroundingPipeline Open()
    {
        var begun = Stopwatch.GetTimestamp();
        using var activity = GroundlingDiagnostics.Source.StartActivity("groundling.open");
        try
        {
            var pipeline = GroundingPipeline.Open(options.Value.ToPipelineOptions(), new Parts(this), _disposed.Token);
            LogOpened(pipeline.Origin.Model, pipeline.Origin.Method, Math.Round(Stopwatch.GetElapsedTime(begun).TotalSeconds, 2));
            return pipeline;
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", e.GetType().FullName); // a message may name folders
            if (e is not OperationCanceledException)
                LogFailed(e, e.Message);
            throw;
        }
    }

    private sealed class Parts(SharedModel model) : IProgress<OpeningProgress>
    {
        public void Report(OpeningProgress value)
        {
            if (value.Part.Length > 0)
                model.LogPart(value.Part, value.Done + 1, value.Total);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Opening {Part} ({Number} of {Total})")]
    private partial void LogPart(string part, int number, int total);

    [LoggerMessage(2, LogLevel.Information, "Opened the model {Model} ({Method}) in {Seconds} s")]
    private partial void LogOpened(string model, string method, double seconds);

    [LoggerMessage(3, LogLevel.Critical, "The model cannot be opened: {Reason}")]
    private partial void LogFailed(Exception fault, string reason);
}
