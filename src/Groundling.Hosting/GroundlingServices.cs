using Groundling.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

// Where .NET's own extensions stand, so that no using is needed.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts a grounding model among an application's services.</summary>
public static class GroundlingServices
{
    /// <summary>The name of the model's health check.</summary>
    public const string HealthCheck = "groundling";

    /// <summary>
    /// Registers the application's one model: <see cref="Groundling.IGroundingPipeline"/> to call, <see cref="SharedModel"/> to wait for
    /// it, its health check (tagged "ready"), traces and meters under <see cref="GroundlingDiagnostics.Name"/>. The model is opened beside
    /// the host's start.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// Holds <see cref="SharedModelOptions"/>; an unknown key, or a value that cannot be used, ends the host at its start with a sentence
    /// that names it.
    /// </param>
    /// <returns>The services.</returns>
    /// <example><code>builder.Services.AddGroundling(builder.Configuration.GetSection("Groundling"));</code></example>
    public static IServiceCollection AddGroundling(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return services.AddModel(options => options.Bind(section, binder => binder.ErrorOnUnknownConfiguration = true));
    }

    /// <inheritdoc cref="AddGroundling(IServiceCollection, IConfiguration)" path="/summary|/returns"/>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says which model.</param>
    /// <example><code>builder.Services.AddGroundling(model => model.ModelFolder = "stable-diffusion-v1-5");</code></example>
    public static IServiceCollection AddGroundling(this IServiceCollection services, Action<SharedModelOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddModel(options => options.Configure(configure));
    }

    private static IServiceCollection AddModel(this IServiceCollection services, Action<OptionsBuilder<SharedModelOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        configure(services.AddOptions<SharedModelOptions>().ValidateOnStart());
        if (services.Any(service => service.ServiceType == typeof(SharedModel)))
            return services; // said twice: one model all the same
        services.AddSingleton<IValidateOptions<SharedModelOptions>, SharedModelValidation>();
        services.AddMetrics();
        services.AddLogging();
        services.AddSingleton<GroundingTelemetry>();
        services.AddSingleton<SharedModel>();
        services.TryAddSingleton<Groundling.IGroundingPipeline, SharedPipeline>();
        services.AddHostedService<SharedModelOpening>();
        services.AddHealthChecks().AddCheck<SharedModelHealth>(HealthCheck, tags: ["ready"]);
        return services;
    }
}
