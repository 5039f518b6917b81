using System.Diagnostics;
using System.Security.Cryptography;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>The service between its routes and its model: what state it is in, and the way of a request.</summary>
internal sealed class Service(ServiceOptions options, WorkQueue queue, PictureDecoders decoders)
{
    private volatile ModelFacts? _model;

    public ServiceOptions Options => options;

    /// <summary>What the model offers; null until it is loaded.</summary>
    public ModelFacts? Model => _model;

    /// <summary>"loading", "ready" or "draining".</summary>
    public string State =>
        queue.IsClosed ? "draining"
        : _model is null ? "loading"
        : "ready";

    /// <summary>The model is loaded and warm.</summary>
    public void Loaded(ModelFacts model) => _model = model;

    /// <summary>Refuses unless requests are answered.</summary>
    /// <exception cref="RequestException">The model is loading, or the service shuts down.</exception>
    public Service RequireReady() =>
        State == "ready"
            ? this
            : throw new RequestException(
                StatusCodes.Status503ServiceUnavailable,
                _model is null ? "the model is being loaded; try again in a moment" : "the service is shutting down; try again in a moment"
            )
            {
                RetryAfter = 5,
            };

    /// <summary>
    /// A request's way from its body to the model's answer: cheap checks first, then a place in the line, then the picture.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="task">What the model is to do, on its own thread.</param>
    /// <returns>The model's answer and the milliseconds from the request's begin.</returns>
    /// <exception cref="RequestException">
    /// The request is at fault, the line is full, or the time is up: 408 for the body, 429 for the turn, 503 for the model.
    /// </exception>
    public async Task<(T Answer, double Milliseconds)> AskAsync<TRequest, T>(
        HttpContext context,
        Func<TRequest, Question, GroundingEngine, CancellationToken, T> task
    )
        where TRequest : GroundRequest
    {
        var begun = Stopwatch.GetTimestamp();
        RequireReady();
        queue.RequireRoom();
        using var patience = Patience();
        var request = await WaitAsync(context, "body", stop => RequestReader.ReadAsync<TRequest>(context.Request, stop), patience.Token);
        RequestMemory.Share.Of(context).ReduceTo(request.Bytes);
        return (await AskAsync(context, request, task, patience.Token), Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
    }

    /// <summary>The same for a request that is there already, however it came.</summary>
    /// <param name="context">The request's connection, and its entry in the log.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="task">What the model is to do, on its own thread.</param>
    /// <param name="patience">Cancelled when it has waited for long enough.</param>
    /// <exception cref="RequestException">
    /// The request is at fault, the line is full, or the time is up: 429 for the turn, 503 for the model.
    /// </exception>
    public Task<T> AskAsync<TRequest, T>(
        HttpContext context,
        TRequest request,
        Func<TRequest, Question, GroundingEngine, CancellationToken, T> task,
        CancellationToken patience
    )
        where TRequest : GroundRequest
    {
        RequireReady();
        return AskAsync(context, request, request.ReadCaption(), task, patience);
    }

    /// <summary>The same for a caption whose phrases are known.</summary>
    public async Task<T> AskAsync<TRequest, T>(
        HttpContext context,
        TRequest request,
        Caption caption,
        Func<TRequest, Question, GroundingEngine, CancellationToken, T> task,
        CancellationToken patience
    )
        where TRequest : GroundRequest
    {
        var model = RequireReady().Model!;
        var facts = context.Features.Get<RequestFacts>()!;
        (facts.CaptionLength, facts.Phrases) = (caption.Text.Length, caption.Phrases.Count);
        var (grounding, method) = (request.ReadOptions(options.MaxSize), request.ReadMethod(model.Methods));
        request.Check(caption);
        var (pixels, isLarge) = request.RequireWork(caption, model, options);
        using var place = queue.Reserve(isLarge);
        var share = RequestMemory.Share.Of(context);
        var before = share.Bytes;
        try
        {
            var picture = await DecodeAsync(context, request, pixels, patience);
            (facts.Width, facts.Height) = (picture.Width, picture.Height);
            var question = new Question(
                picture,
                caption,
                grounding,
                method,
                Convert.ToHexString(SHA256.HashData(request.Image!)),
                Activity.Current?.Context ?? default
            );
            return await place.Do(
                (engine, stop) =>
                {
                    var working = Stopwatch.GetTimestamp();
                    var made = task(request, question, engine, stop);
                    facts.ModelMilliseconds = Math.Round(Stopwatch.GetElapsedTime(working).TotalMilliseconds, 1);
                    return made;
                },
                question.PictureKey,
                patience,
                context.RequestAborted
            );
        }
        finally
        {
            share.ReduceTo(before); // a request may ask about many pictures
        }
    }

    /// <summary>Has the picture decoded where that takes no time from others' answers, within the patience.</summary>
    private async Task<Picture> DecodeAsync(HttpContext context, GroundRequest request, long pixels, CancellationToken patience)
    {
        var share = RequestMemory.Share.Of(context);
        share.Take(RequestMemory.PerPixelDecoded * pixels);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, patience);
        try
        {
            var picture = await decoders.RunAsync(
                cancellation => request.ReadPicture(1_000_000L * options.MaxMegapixels, options.MaxSize, cancellation),
                pixels > GroundRequest.LargePicture,
                stop.Token
            );
            share.Give((RequestMemory.PerPixelDecoded - RequestMemory.PerPixelKept) * pixels);
            return picture;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw queue.TooLate();
        }
    }

    /// <summary>Is cancelled when a request has waited for long enough.</summary>
    public CancellationTokenSource Patience() => new(TimeSpan.FromSeconds(options.Timeout));

    /// <summary>Waits for what comes over a network, while the client does and there is patience.</summary>
    /// <exception cref="RequestException">The patience is at an end.</exception>
    public async Task<T> WaitAsync<T>(HttpContext context, string what, Func<CancellationToken, Task<T>> work, CancellationToken patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, patience);
        try
        {
            return await work(limit.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new RequestException(
                StatusCodes.Status408RequestTimeout,
                $"the {what} was not there within {options.Timeout} seconds; send it again over a faster connection, or a smaller picture"
            );
        }
    }
}

/// <summary>
/// A question to the model, checked and decoded; equal pictures have equal keys, and the model's thread traces its work under its asker's.
/// </summary>
internal sealed record Question(
    Picture Picture,
    Caption Caption,
    GroundingOptions Options,
    string Method,
    string PictureKey,
    ActivityContext Asker = default
);

/// <summary>What a model offers.</summary>
/// <param name="Name">Its folder's name.</param>
/// <param name="Methods">"full" and "static", the best first.</param>
/// <param name="NativeSize">The network's longer side in pixels, unless a request says otherwise.</param>
/// <param name="Threshold">The threshold, unless a request says otherwise.</param>
internal sealed record ModelFacts(string Name, IReadOnlyList<string> Methods, int NativeSize, double Threshold);
