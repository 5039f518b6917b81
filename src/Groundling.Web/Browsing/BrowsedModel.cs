using Groundling.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Groundling.Web.Browsing;

/// <summary>The model whose attention is shown; opened when somebody first asks, so that looking alone costs nothing.</summary>
/// <param name="worker">Its thread.</param>
/// <param name="model">The model.</param>
/// <param name="options">Which it is.</param>
/// <param name="service">The way of a question to it.</param>
internal sealed class BrowsedModel(ModelWorker worker, SharedModel model, IOptions<SharedModelOptions> options, Service service)
    : IHostedService
{
    private bool _isStarted;

    /// <summary>What to call it.</summary>
    public string Model => Diffusion.ModelFolder.NameOf(options.Value.ModelFolder);

    /// <summary>One phrase's attention in every block.</summary>
    /// <param name="context">The request.</param>
    /// <param name="picture">The picture's file.</param>
    /// <param name="caption">Its caption.</param>
    /// <param name="phrase">Which phrase of it.</param>
    /// <exception cref="RequestException">The model is not open yet, or cannot be; or the question cannot be answered.</exception>
    public Task<TraceAnswer> AttentionAsync(HttpContext context, string picture, Caption caption, int phrase) =>
        AskAsync(context, picture, caption, (question, engine, stop) => engine.Trace(question, phrase, stop));

    /// <summary>A mask for each phrase.</summary>
    /// <inheritdoc cref="AttentionAsync" path="/exception"/>
    /// <param name="context">The request.</param>
    /// <param name="picture">The picture's file.</param>
    /// <param name="caption">Its caption.</param>
    public Task<GroundAnswer> GroundAsync(HttpContext context, string picture, Caption caption) =>
        AskAsync(context, picture, caption, (question, engine, stop) => engine.Ground(question, probabilities: false, stop));

    private async Task<T> AskAsync<T>(
        HttpContext context,
        string picture,
        Caption caption,
        Func<Question, GroundingEngine, CancellationToken, T> task
    )
    {
        if (!Interlocked.Exchange(ref _isStarted, true))
            await worker.StartAsync(CancellationToken.None);
        if (model.Fault is { } fault)
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, $"the model cannot be opened: {fault.Message}");
        service.RequireReady();
        using var patience = service.Patience();
        var request = new GroundRequest { Image = await File.ReadAllBytesAsync(picture, context.RequestAborted) };
        return await service.AskAsync(
            context,
            request,
            caption,
            (_, question, engine, stop) => task(question, engine, stop),
            patience.Token
        );
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => worker.StopAsync(cancellationToken);
}
