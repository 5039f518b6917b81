using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>Updates parameters from their gradients, and keeps what it needs to know of earlier ones.</summary>
public abstract class Optimizer : IDisposable
{
    /// <summary>The optimizer that settings name.</summary>
    /// <param name="parameters">What is trained; the caller keeps it.</param>
    /// <param name="settings">Which, and how.</param>
    /// <param name="collective">The processes that train together, with the same parameters and gradients.</param>
    public static Optimizer Of(ParameterVector parameters, TrainingSettings settings, ICollective collective) =>
        settings.Optimizer switch
        {
            OptimizerKind.Muon => new Muon(parameters, settings, collective),
            _ => new AdamW(parameters, settings),
        };

    /// <summary>Running means of what gradients were, under the names of their parameters; views in the current dispose scope.</summary>
    public abstract IEnumerable<(string Name, Tensor Value)> Moments { get; }

    /// <summary>Updates all parameters from their gradients.</summary>
    /// <param name="step">The update's number, from 1.</param>
    /// <param name="learningRate">The learning rate.</param>
    public abstract void Update(long step, double learningRate);

    /// <summary>Disposes the moments.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes the moments.</summary>
    /// <param name="disposing">Whether it is not the garbage collector that does so.</param>
    protected abstract void Dispose(bool disposing);
}
