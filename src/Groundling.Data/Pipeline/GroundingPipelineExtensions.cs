using System.Runtime.CompilerServices;

namespace Groundling;

/// <summary>Work of a pipeline that others need not wait for: as tasks, and one picture after the other.</summary>
public static class GroundingPipelineExtensions
{
    private sealed record Decoded(CaptionedPicture Source, Picture? Picture, InputException? Fault);

    /// <summary>Grounds every phrase of a caption in a picture, on a thread of the pool.</summary>
    /// <inheritdoc cref="IGroundingPipeline.Ground"/>
    public static Task<Grounding> GroundAsync(
        this IGroundingPipeline pipeline,
        Picture picture,
        Caption caption,
        GroundingOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return Task.Run(() => pipeline.Ground(picture, caption, options, cancellation), cancellation);
    }

    /// <summary>
    /// Grounds many pictures, in their order; the next one is read and decoded while the model works, and no more than one is ahead.
    /// </summary>
    /// <param name="pipeline">What grounds them.</param>
    /// <param name="pictures">Asked for one at a time, on a thread of the pool.</param>
    /// <param name="options">Size, threshold and mask head of all.</param>
    /// <param name="cancellation">
    /// Looked at between and within the stages; the enumeration then ends with <see cref="OperationCanceledException"/>.
    /// </param>
    /// <returns>
    /// An outcome for each picture: one that cannot be read or grounded is an outcome with its fault, and the others go on.
    /// Any other exception ends the enumeration.
    /// </returns>
    /// <exception cref="InputException">An option is out of range.</exception>
    public static IAsyncEnumerable<PictureOutcome> GroundAsync(
        this IGroundingPipeline pipeline,
        IAsyncEnumerable<CaptionedPicture> pictures,
        GroundingOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(pictures);
        return Outcomes(pipeline, pictures, (options ?? new()).Validated(), cancellation);
    }

    /// <inheritdoc cref="GroundAsync(IGroundingPipeline, IAsyncEnumerable{CaptionedPicture}, GroundingOptions?, CancellationToken)"/>
    public static IAsyncEnumerable<PictureOutcome> GroundAsync(
        this IGroundingPipeline pipeline,
        IEnumerable<CaptionedPicture> pictures,
        GroundingOptions? options = null,
        CancellationToken cancellation = default
    ) => GroundAsync(pipeline, pictures.ToAsyncEnumerable(), options, cancellation);

    private static async IAsyncEnumerable<PictureOutcome> Outcomes(
        IGroundingPipeline pipeline,
        IAsyncEnumerable<CaptionedPicture> pictures,
        GroundingOptions options,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var source = pictures.GetAsyncEnumerator(stop.Token);
        var next = ReadNext(source, stop.Token);
        try
        {
            while (await next.ConfigureAwait(false) is { } decoded)
            {
                next = ReadNext(source, stop.Token);
                yield return await Task.Run(() => Ground(pipeline, decoded, options, cancellation), cancellation).ConfigureAwait(false);
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

    private static Task<Decoded?> ReadNext(IAsyncEnumerator<CaptionedPicture> source, CancellationToken stop) =>
        Task.Run(
            async () =>
            {
                if (!await source.MoveNextAsync().ConfigureAwait(false))
                    return null;
                stop.ThrowIfCancellationRequested();
                try
                {
                    return new Decoded(source.Current, source.Current.Read(), null);
                }
                catch (InputException e)
                {
                    return new(source.Current, null, e);
                }
            },
            stop
        );

    private static PictureOutcome Ground(
        IGroundingPipeline pipeline,
        Decoded decoded,
        GroundingOptions options,
        CancellationToken cancellation
    )
    {
        if (decoded.Picture is null)
            return new(decoded.Source, null, decoded.Fault);
        try
        {
            return new(decoded.Source, pipeline.Ground(decoded.Picture, decoded.Source.Caption, options, cancellation), null);
        }
        catch (InputException e)
        {
            return new(decoded.Source, null, e);
        }
    }
}
