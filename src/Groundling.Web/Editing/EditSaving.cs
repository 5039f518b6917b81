using System.Diagnostics;
using Groundling.Core;
using Groundling.Data.Editing;
using Groundling.Web.Browsing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Groundling.Web.Editing;

/// <summary>Puts edits into the data's files when the hand rests, and at the end; until then the journals have them.</summary>
internal sealed partial class EditSaving(EditSession session, BrowsedData data, ILogger<EditSaving> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500),
        Rest = TimeSpan.FromSeconds(2),
        Longest = TimeSpan.FromSeconds(20);
    private long _last = Stopwatch.GetTimestamp(),
        _first;

    /// <summary>Why the files could not be written the last time; null where they could.</summary>
    public string? Fault { get; private set; }

    /// <summary>Something was done just now.</summary>
    public void Touch()
    {
        Interlocked.Exchange(ref _last, Stopwatch.GetTimestamp());
        Interlocked.CompareExchange(ref _first, Stopwatch.GetTimestamp(), 0);
    }

    /// <summary>Saves now.</summary>
    public void Save()
    {
        Interlocked.Exchange(ref _first, 0);
        try
        {
            if (session.Save() > 0)
                data.Reload();
            Fault = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InputException)
        {
            Fault = e is InputException ? e.Message : FileFault.ReasonOf(e);
            LogFault(Fault);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Save();
        session.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            if (Interlocked.Read(ref _first) is not 0 and var first)
                if (Stopwatch.GetElapsedTime(Interlocked.Read(ref _last)) > Rest || Stopwatch.GetElapsedTime(first) > Longest)
                    Save();
    }

    [LoggerMessage(40, LogLevel.Error, "The data's files could not be written, the journals have all edits: {fault}")]
    private partial void LogFault(string fault);
}
