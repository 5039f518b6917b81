namespace Groundling.Evaluation;

/// <summary>A row of somebody's results table.</summary>
/// <param name="Method">The method.</param>
/// <param name="Source">Where the figures were read.</param>
/// <param name="Percent">Average recall x 100; null where the source does not say.</param>
public sealed record PublishedResult(string Method, string Source, GroupFigures Percent)
{
    /// <summary>Average recall on the benchmark's whole validation split, as its authors report it.</summary>
    public static IReadOnlyList<PublishedResult> All { get; } =
    [
        new("PNG baseline", "its README", new(55.4, 56.2, 54.3, 56.2, 48.8)),
        new("EPNG", "XPNG's README", new(49.7, 45.6, 55.5, 50.2, 45.1)),
        new("PPMN", "its README", new(59.4, 57.2, 62.5, 60.0, 54.0)),
        new("DRMN", "its documents", new(62.9, null, null, null, null)),
        new("PiGLET", "its abstract", new(63.2, null, null, null, null)),
        new("XPNG", "its README", new(63.3, 61.1, 66.2, 64.0, 56.4)),
    ];
}
