using Groundling.Web;
using Microsoft.AspNetCore.Http;

namespace Groundling.Cli.Mcp;

/// <summary>The service's model: tools wait in the same line as other requests, within the same limits.</summary>
internal sealed class ServedModel(Service service, IHttpContextAccessor requests) : IToolModel
{
    public ServiceOptions Limits => service.Options;

    public (string Name, int Size, double Threshold) Facts =>
        service.RequireReady().Model is { } model ? (model.Name, model.NativeSize, model.Threshold) : default;

    public async Task<Grounding> GroundAsync(GroundRequest request, Caption caption, CancellationToken stop)
    {
        using var patience = service.Patience();
        return await service.AskAsync(
            requests.HttpContext ?? throw new InvalidOperationException("a tool was called outside of a request"),
            request,
            caption,
            (_, question, engine, cancellation) =>
                engine.Ground(question, probabilities: false, cancellation).ToGrounding(question.Picture),
            patience.Token
        );
    }
}
