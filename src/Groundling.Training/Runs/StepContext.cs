using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>One step of a run: its number and its random numbers, which follow from seed, step and process alone.</summary>
/// <remarks>So a run that was stopped, or killed, goes on to the same numbers, and no state of a generator needs to be kept.</remarks>
public sealed class StepContext : IDisposable
{
    private readonly ulong _runSeed;
    private Generator? _generator;

    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="collective">The processes of the run.</param>
    public StepContext(ulong seed, long step, ICollective collective) => (_runSeed, Step, Collective) = (seed, step, collective);

    /// <summary>The step, from 1.</summary>
    public long Step { get; }

    /// <summary>The processes of the run.</summary>
    public ICollective Collective { get; }

    /// <summary>A number for this step and process, as a seed for other generators.</summary>
    public ulong Seed => StepSeed.Of(_runSeed, (ulong)Step, (ulong)Collective.Rank);

    /// <summary>A generator seeded for this step and process.</summary>
    public Generator Generator => _generator ??= new Generator(Seed);

    /// <summary>Disposes the generator.</summary>
    public void Dispose() => _generator?.Dispose();
}
