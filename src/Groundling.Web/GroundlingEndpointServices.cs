using Groundling;
using Groundling.Web;
using Groundling.Web.LabelStudio;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

// Where .NET's own extensions stand, so that no using is needed.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts what the service's routes need among an application's services.</summary>
public static class GroundlingEndpointServices
{
    /// <summary>
    /// Registers the line before the model and its one thread, for <c>app.MapGroundling(...)</c>. The model is that of
    /// <see cref="GroundlingServices"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// Holds <see cref="ServiceOptions"/>; an unknown key or a value out of range ends the application at its start.
    /// </param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddGroundlingEndpoints(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return services.AddWorker(options => options.Bind(section, binder => binder.ErrorOnUnknownConfiguration = true));
    }

    /// <inheritdoc cref="AddGroundlingEndpoints(IServiceCollection, IConfiguration)" path="/summary|/returns"/>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says what the service allows; left out, the defaults hold.</param>
    public static IServiceCollection AddGroundlingEndpoints(this IServiceCollection services, Action<ServiceOptions>? configure = null) =>
        services.AddWorker(options => options.Configure(configure ?? (_ => { })));

    /// <summary>All but the model's thread and the options.</summary>
    internal static IServiceCollection AddGroundlingService(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddMetrics();
        services.AddSingleton<ServiceMetrics>();
        services.AddSingleton(provider =>
            MakeQueue(provider.GetRequiredService<ServiceOptions>(), provider.GetRequiredService<ServiceMetrics>())
        );
        services.AddSingleton<RequestMemory>();
        services.AddSingleton<PictureDecoders>();
        services.AddSingleton<Service>();
        services.AddSingleton<SampleFolder>();
        services.AddSingleton<ClientGate>();
        services.AddSingleton<LabelStudioPictures>();
        services.AddSingleton<PromptMemory>();
        services.AddSingleton<ExportRoute>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<ResponseHeaders>();
        return services;
    }

    private static WorkQueue MakeQueue(ServiceOptions options, ServiceMetrics metrics)
    {
        var queue = new WorkQueue(options.Queue, options.Batch, TimeSpan.FromSeconds(options.Timeout), metrics);
        metrics.Watch(() => queue.Length);
        return queue;
    }

    private static IServiceCollection AddWorker(this IServiceCollection services, Action<OptionsBuilder<ServiceOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        configure(services.AddOptions<ServiceOptions>().ValidateOnStart());
        if (services.Any(service => service.ServiceType == typeof(Service)))
            return services; // said twice: one service all the same
        services.AddSingleton<IValidateOptions<ServiceOptions>, ServiceOptionsValidation>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ServiceOptions>>().Value);
        services.AddGroundlingService();
        services.AddHostedService<ModelWorker>();
        return services;
    }
}
