namespace Groundling.Training;

/// <summary>
/// Watches whether a run diverges: with a learning rate that is too high for it, a network may lose in ten steps what it had learnt in an
/// hour, and hundreds of steps do not bring it back.
/// </summary>
/// <remarks>
/// Losses differ from step to step, so means of <see cref="Window"/> steps are looked at. A run diverges where such a mean is more than
/// twice the least before it, and more than half of what was gained since the first one is lost.
/// </remarks>
internal sealed class LossWatch
{
    /// <summary>Steps of a mean.</summary>
    public const int Window = 50;

    private readonly Queue<double> _last = new(Window + 1);
    private double _first;

    /// <summary>The least mean; infinite before there is one.</summary>
    public double Least { get; private set; } = double.PositiveInfinity;

    /// <summary>Takes a step's loss.</summary>
    /// <returns>The mean of the last steps where the run diverges, else null.</returns>
    public double? Take(double loss)
    {
        _last.Enqueue(loss);
        if (_last.Count > Window)
            _last.Dequeue();
        if (_last.Count < Window)
            return null;
        var mean = _last.Average();
        if (double.IsPositiveInfinity(Least))
            _first = mean;
        if (mean > 2 * Least && mean > (_first + Least) / 2)
            return mean;
        Least = Math.Min(Least, mean);
        return null;
    }
}
