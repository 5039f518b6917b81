namespace Groundling.Evaluation;

/// <summary>The benchmark's metric: the area under the recall curve, recall(t) = share of phrases with IoU at least t.</summary>
/// <remarks>The sum over t = 0, 1e-5, ..., 0.99998 of 1e-5 * recall(t); a perfect score is 0.99999, and all zeros give 1e-5.</remarks>
public static class AverageRecall
{
    /// <summary>The distance between thresholds.</summary>
    public const double Step = 1e-5;

    private const int Thresholds = 99_999;

    /// <summary>The average recall in closed form: how many thresholds each phrase reaches, on average.</summary>
    /// <param name="ious">In [0, 1].</param>
    /// <returns>In [1e-5, 0.99999]; null for no phrases.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside [0, 1] or not a number.</exception>
    public static double? Of(IEnumerable<double> ious)
    {
        ArgumentNullException.ThrowIfNull(ious);
        long reached = 0,
            count = 0;
        foreach (double iou in ious)
        {
            reached += Reached(iou);
            count++;
        }
        return count == 0 ? null : (double)reached / count * Step;
    }

    /// <summary>Recall at evenly spaced thresholds from 0 to 1.</summary>
    /// <param name="ious">In [0, 1].</param>
    /// <param name="intervals">One point more than this.</param>
    /// <returns>Thresholds rising, recall falling from 1; empty for no phrases.</returns>
    public static IReadOnlyList<(double Threshold, double Recall)> Curve(IEnumerable<double> ious, int intervals = 100)
    {
        ArgumentNullException.ThrowIfNull(ious);
        ArgumentOutOfRangeException.ThrowIfLessThan(intervals, 1);
        double[] sorted = [.. ious.Order()];
        if (sorted.Length == 0)
            return [];
        var curve = new List<(double, double)>(intervals + 1);
        int below = 0;
        for (int i = 0; i <= intervals; i++)
        {
            double threshold = (double)i / intervals;
            while (below < sorted.Length && sorted[below] < threshold)
                below++;
            curve.Add((threshold, (double)(sorted.Length - below) / sorted.Length));
        }
        return curve;
    }

    /// <summary>A phrase's own share of the metric, of whose mean over phrases it is made: its IoU, to within 1e-5.</summary>
    /// <param name="iou">In [0, 1].</param>
    /// <returns>In [1e-5, 0.99999].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside [0, 1] or not a number.</exception>
    public static double OfOne(double iou) => Reached(iou) * Step;

    /// <summary>How many of the thresholds 0, 1 * Step, 2 * Step, ... are not above an IoU.</summary>
    private static long Reached(double iou)
    {
        if (iou is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(iou), iou, "An IoU lies between 0 and 1.");
        // The quotient alone may round to the wrong side: 0.5 / 1e-5 is a little less than 50000, yet 50000 * 1e-5 is 0.5.
        long last = (long)Math.Floor(iou / Step);
        if ((last + 1) * Step <= iou)
            last++;
        else if (last * Step > iou)
            last--;
        return Math.Min(last + 1, Thresholds);
    }
}
