#pragma warning disable RS0030                                                 // makes Scalars, and holds them while they are used
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>
/// Muon (Jordan et al. 2024) for the parameters with weight decay, which are matrices: of the running mean of a matrix's gradients it
/// takes the nearest matrix whose rows (or columns, if they are fewer) are orthonormal, so that no direction learns faster than another.
/// <see cref="AdamW"/> for the others.
/// </summary>
/// <remarks>
/// A convolution's weight [out, in, h, w] counts as the matrix [out, in h w]. Updates have the size that AdamW's usually have, a root mean
/// square of 0.2 (Liu et al. 2025, "Muon is scalable for LLM training", eq. 4). Matrices of one shape are worked on together, and processes
/// share the matrices among themselves.
/// </remarks>
public sealed class Muon : Optimizer
{
    private const int Iterations = 5; // of Newton and Schulz, and their polynomial's coefficients (Jordan et al.)
    private const float First = 3.4445f,
        Third = -4.7750f,
        Fifth = 2.0315f;
    private const double RootMeanSquare = 0.2;
    private const double Least = 1e-7; // against division by a norm of zero
    private readonly ParameterVector _parameters;
    private readonly TrainingSettings _settings;
    private readonly ICollective _collective;
    private readonly AdamW _others;
    private readonly Tensor _mean,
        _updates;
    private readonly List<IGrouping<(long Rows, long Columns), int>> _own; // by their places among the matrices

    /// <param name="parameters">What is trained; the caller keeps it.</param>
    /// <param name="settings">Momentum, weight decay; and AdamW's settings for what are no matrices.</param>
    /// <param name="collective">The processes that train together.</param>
    public Muon(ParameterVector parameters, TrainingSettings settings, ICollective collective)
    {
        (_parameters, _settings, _collective) = (parameters, settings, collective);
        var length = parameters.DecayingLength;
        (_mean, _updates, _others) = (parameters.Zeros(length), parameters.Zeros(length), new(parameters, settings, length));
        using var scope = NewDisposeScope();
        _own = [.. Share([.. Matrices(_mean).Select(pair => (pair.Value.size(0), pair.Value.numel() / pair.Value.size(0)))], collective)];
    }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Tensor Value)> Moments =>
        Matrices(_mean).Select(pair => ($"mean.{pair.Name}", pair.Value)).Concat(_others.Moments);

    /// <inheritdoc/>
    public override void Update(long step, double learningRate)
    {
        _others.Update(step, learningRate);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using Scalar momentum = _settings.Momentum,
            rest = 1 - _settings.Momentum,
            kept = 1 - learningRate * _settings.WeightDecay,
            size = -learningRate * RootMeanSquare * _collective.Size; // of what is a mean over processes
        var (values, gradients) = (_parameters.Values.narrow(0, 0, _mean.numel()), _parameters.Gradients.narrow(0, 0, _mean.numel()));
        _mean.mul_(momentum).add_(gradients, rest);
        // what the mean would be after one more such gradient (Nesterov's momentum)
        var directions = Matrices(_mean.mul(momentum).add_(gradients, rest)).ToList();
        var updates = Matrices(_updates.zero_()).ToList();
        foreach (var shape in _own)
        {
            using var group = NewDisposeScope();
            var (rows, columns) = shape.Key;
            using Scalar longest = Math.Sqrt(Math.Max(rows, columns));
            var orthogonal = Orthogonalize(stack([.. shape.Select(index => directions[index].Value.view(rows, columns))])).mul_(longest);
            foreach (var (place, index) in shape.Index())
                updates[index].Value.view(rows, columns).copy_(orthogonal[place]);
        }
        ParameterVector.Average(_updates, _collective);
        values.mul_(kept).add_(_updates, size);
    }

    /// <summary>The nearest matrices with orthonormal rows or columns, nearly: their singular values come to 0.7 to 1.2.</summary>
    /// <param name="matrices">[n, rows, columns]</param>
    internal static Tensor Orthogonalize(Tensor matrices)
    {
        using Scalar first = First,
            least = Least,
            one = 1.0;
        var isTall = matrices.size(1) > matrices.size(2);
        var x = isTall ? matrices.transpose(1, 2) : matrices;
        x = x.div(x.flatten(1).norm(1).add(least, one).view(-1, 1, 1));
        for (var i = 0; i < Iterations; i++)
        {
            var squares = x.bmm(x.transpose(1, 2));
            x = squares.baddbmm(squares, squares, Third, Fifth).bmm(x).add_(x, first);
        }
        return isTall ? x.transpose(1, 2) : x;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _mean.Dispose();
        _updates.Dispose();
        _others.Dispose();
    }

    private IEnumerable<(string Name, Tensor Value)> Matrices(Tensor vector) => _parameters.Parts(vector, 0, _parameters.DecayingLength);

    /// <summary>This process's share of the matrices: the dearest first go, each, to who has least to do.</summary>
    private static IEnumerable<IGrouping<(long Rows, long Columns), int>> Share(
        IReadOnlyList<(long Rows, long Columns)> matrices,
        ICollective collective
    )
    {
        var loads = new double[collective.Size];
        var owners = new int[matrices.Count];
        foreach (var (index, (rows, columns)) in matrices.Index().OrderByDescending(pair => Work(pair.Item)))
        {
            owners[index] = Array.IndexOf(loads, loads.Min());
            loads[owners[index]] += Work((rows, columns));
        }
        return matrices.Index().Where(pair => owners[pair.Index] == collective.Rank).GroupBy(pair => pair.Item, pair => pair.Index);

        static double Work((long Rows, long Columns) matrix) =>
            Math.Pow(Math.Min(matrix.Rows, matrix.Columns), 2)
            * (2 * Math.Max(matrix.Rows, matrix.Columns) + Math.Min(matrix.Rows, matrix.Columns));
    }
}
