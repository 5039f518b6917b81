using Groundling.Data;
using Groundling.Torch;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

/// <summary>Fits a plane to points that each step draws, with a moving average of its weights as further state.</summary>
internal sealed class ToyTask : ITrainingTask, IDisposable
{
    private readonly Tensor _weight = Leaf([0.5f, -0.25f, 1f]),
        _bias = Leaf([0.1f]),
        _average = zeros(3).DetachFromDisposeScope();

    public IReadOnlyList<(string Name, Tensor Value)> Parameters => [("weight", _weight), ("bias", _bias)];

    public IEnumerable<(string Name, Tensor Value)> State => [("average", _average)];

    public int ImagesPerStep => 8;

    public List<long> ValidatedAfter { get; } = [];

    /// <summary>Called in the middle of every step.</summary>
    public Action<long> During { get; set; } = _ => { };

    /// <summary>Called in the middle of every validation.</summary>
    public Action<long> DuringValidation { get; set; } = _ => { };

    /// <summary>Called while a checkpoint is written.</summary>
    public Action<string> DuringSave { get; set; } = _ => { };

    /// <summary>Multiplied with the loss of a step.</summary>
    public Func<long, float> Factor { get; set; } = _ => 1;

    public Func<long, double> Score { get; set; } = step => step;

    public bool DecaysWeight(string name) => name == "weight";

    public StepLosses Step(StepContext context)
    {
        During(context.Step);
        using var scope = NewDisposeScope();
        var points = randn([ImagesPerStep, 3], generator: context.Generator);
        var wanted = points.matmul(tensor(new[] { 1f, 2f, 3f }));
        var loss = (points.matmul(_weight) + _bias - wanted).square().mean() * Factor(context.Step);
        loss.backward();
        return new(loss.item<float>(), [("square", loss.item<float>()), ("seed", context.Seed % 1000)]);
    }

    public Validation? Validate(long step, CancellationToken stop)
    {
        ValidatedAfter.Add(step);
        DuringValidation(step);
        stop.ThrowIfCancellationRequested();
        return new(Score(step), [("score", Score(step))], [("picture", new Picture(2, 1, [1, 2, 3, 4, 5, 6]))]);
    }

    public void AfterStep(long step)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        _average.mul_(0.5).add_(_weight, alpha: 0.5);
    }

    public void Save(string folder)
    {
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), Parameters);
        DuringSave(folder);
    }

    public float[] Numbers() => [.. _weight.detach().data<float>(), .. _bias.detach().data<float>(), .. _average.data<float>()];

    public void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
        _average.Dispose();
    }

    private static Tensor Leaf(float[] values) => tensor(values, requires_grad: true).DetachFromDisposeScope();
}
