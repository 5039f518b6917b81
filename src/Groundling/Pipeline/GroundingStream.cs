using System.Runtime.CompilerServices;
using Groundling.Data;
using Groundling.Data.NounPhrases;

namespace Groundling;

/// <summary>Many pictures, one after the other through the model; each is read and decoded while the one before it is in there.</summary>
internal static class GroundingStream
{
    private sealed record Read(CaptionedPicture Source, Picture? Picture, InputException? Fault);

    public static async IAsyncEnumerable<GroundingResult> Of(GroundingPipeline pipeline, IAsyncEnumerable<CaptionedPicture> pictures, GroundingOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var source = pictures.GetAsyncEnumerator(stop.Token);
        var next = ReadNext(source, stop.Token);
        try
        {
            while (await next.ConfigureAwait(false) is { } read)
            {
                next = ReadNext(source, stop.Token);
                yield return await Task.Run(() => Ground(pipeline, read, options, cancellation), cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            // Whoever leaves early leaves a picture half read: its source must not be disposed under it.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static Task<Read?> ReadNext(IAsyncEnumerator<CaptionedPicture> source, CancellationToken stop) => Task.Run(async () =>
    {
        if (!await source.MoveNextAsync().ConfigureAwait(false)) return null;
        stop.ThrowIfCancellationRequested();
        try
        {
            return new Read(source.Current, source.Current.Read(), null);
        }
        catch (InputException e)
        {
            return new(source.Current, null, e);
        }
    }, stop);

    private static GroundingResult Ground(GroundingPipeline pipeline, Read read, GroundingOptions options, CancellationToken cancellation)
    {
        if (read.Picture is null) return new(read.Source, null, read.Fault);
        try
        {
            return new(read.Source, pipeline.Ground(read.Picture, read.Source.Caption, options, cancellation), null);
        }
        catch (InputException e)
        {
            return new(read.Source, null, e);
        }
    }
}
