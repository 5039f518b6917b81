using Groundling.Torch;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

/// <summary>Fits a plane to sixteen points a step, which all processes together read.</summary>
internal sealed class SharedToyTask : ITrainingTask, IDisposable
{
    private const int Points = 16;
    private readonly Tensor _weight = tensor([0.5f, -0.25f, 1f], requires_grad: true).DetachFromDisposeScope();

    /// <summary>Added to the first weight, so that processes begin with different ones.</summary>
    public float Start
    {
        init
        {
            using var frozen = no_grad();
            _weight.add_(value);
        }
    }

    /// <summary>Whether a step's loss is not a number.</summary>
    public Func<long, bool> Broken { get; init; } = _ => false;

    public IReadOnlyList<(string Name, Tensor Value)> Parameters => [("weight", _weight)];

    public int ImagesPerStep => Points;

    public bool DecaysWeight(string name) => true;

    public StepLosses Step(StepContext context)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Step);
        var own = Points / context.Collective.Size;
        var points = randn([Points, 3], generator: generator).narrow(0, context.Collective.Rank * own, own);
        var loss = (points.matmul(_weight) - points.matmul(tensor(new[] { 1f, 2f, 3f }))).square().mean();
        if (Broken(context.Step))
            loss = loss * float.NaN;
        loss.backward();
        return new(loss.item<float>(), []);
    }

    public Validation? Validate(long step, CancellationToken stop) => null;

    public void Save(string folder) => File.WriteAllText(Path.Combine(folder, "weights.txt"), string.Join(' ', Numbers()));

    public float[] Numbers() => _weight.detach().data<float>().ToArray();

    public void Dispose() => _weight.Dispose();
}
