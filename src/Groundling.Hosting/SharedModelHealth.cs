using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Groundling.Hosting;

/// <summary>Healthy once the model is open; until then, and where it cannot be opened, what the check was registered with.</summary>
internal sealed class SharedModelHealth(SharedModel model) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            model.IsOpen ? HealthCheckResult.Healthy("the model is open")
            : model.Fault is { } fault ? new(context.Registration.FailureStatus, fault.Message, fault)
            : new HealthCheckResult(context.Registration.FailureStatus, "the model is not open yet")
        );
}
