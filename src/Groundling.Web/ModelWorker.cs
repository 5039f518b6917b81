using Groundling.Hosting;
using Microsoft.Extensions.Hosting;

namespace Groundling.Web;

/// <summary>
/// The model's one thread in an application that hosts the service: from the model's opening until every request that was taken in has its
/// answer.
/// </summary>
internal sealed class ModelWorker(
    SharedModel model,
    GroundingTelemetry telemetry,
    Service service,
    WorkQueue queue,
    IHostApplicationLifetime lifetime
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The application still answers while it stops; what comes new is refused from then on.
        using var draining = lifetime.ApplicationStopping.Register(queue.Close);
        using var stopping = stoppingToken.Register(queue.Close);
        try
        {
            var pipeline = await model.OpenAsync(stoppingToken);
            await Task.Factory.StartNew(
                () => Work(pipeline),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
        }
        catch (ObjectDisposedException) when (stoppingToken.IsCancellationRequested)
        {
            // The application was disposed without being stopped, before the model was warm: nobody waits for it.
        }
        finally
        {
            queue.Close();
        }
    }

    private void Work(GroundingPipeline pipeline)
    {
        using var engine = new GroundingEngine(pipeline, telemetry);
        service.Loaded(engine.Facts);
        queue.Run(engine);
    }
}
