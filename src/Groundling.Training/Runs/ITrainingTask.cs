using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>
/// What a run trains. <see cref="TrainingRun"/> knows nothing of pictures or models, and a task nothing of optimizers and folders.
/// </summary>
public interface ITrainingTask
{
    /// <summary>The tensors that are trained, float32, under names of their own, always in the same order.</summary>
    IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>Whether weight decay applies to a parameter; not to norms, biases and the like.</summary>
    bool DecaysWeight(string name);

    /// <summary>Pictures that this process reads in one step, over all accumulated micro-batches.</summary>
    int ImagesPerStep { get; }

    /// <summary>
    /// Forward and backward pass of all micro-batches of a step. Backward passes add into the parameters' <c>grad</c>, which is zero
    /// before and must not be replaced; the mean over processes of what each has there is the step's gradient.
    /// </summary>
    /// <param name="context">Which step, and its random numbers. Nothing else may decide what the step does.</param>
    /// <returns>The losses of this process; their mean over processes is the step's loss.</returns>
    StepLosses Step(StepContext context);

    /// <summary>Measures the current weights; called on process 0 only.</summary>
    /// <param name="step">How many steps have been made.</param>
    /// <param name="stop">Stops the measuring by <see cref="OperationCanceledException"/>; it will be done again.</param>
    /// <returns>Null where the task has no validation.</returns>
    Validation? Validate(long step, CancellationToken stop);

    /// <summary>Called after every update of the weights: moving averages and the like.</summary>
    /// <param name="step">How many steps have been made.</param>
    void AfterStep(long step) { }

    /// <summary>Writes the weights as their users read them.</summary>
    /// <param name="folder">An empty folder that is moved to its place when all is written.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    void Save(string folder);

    /// <summary>Tensors beside <see cref="Parameters"/> that training needs to go on, such as moving averages; restored in place.</summary>
    IEnumerable<(string Name, Tensor Value)> State => [];
}
