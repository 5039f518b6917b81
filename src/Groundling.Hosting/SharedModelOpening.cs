using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Groundling.Hosting;

/// <summary>
/// Opens the model beside the host's start, so that the first request does not wait for it; a model that cannot be opened ends the host.
/// </summary>
internal sealed class SharedModelOpening(SharedModel model, IOptions<SharedModelOptions> options) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        options.Value.OpensAtStart ? model.OpenAsync(stoppingToken) : Task.CompletedTask;
}
