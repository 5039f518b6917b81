using Groundling.Data.Benchmark;

namespace Groundling.Evaluation;

/// <summary>A row of somebody's results table.</summary>
/// <param name="Method">The method.</param>
/// <param name="Source">Where the figures were read.</param>
/// <param name="Percent">Average recall x 100; null where the source does not say.</param>
public sealed record PublishedResult(string Method, string Source, GroupFigures Percent)
{
    private const int CocoCategories = 133,
        LeastNarratives = 8_000;

    /// <summary>Average recall on the benchmark's whole validation split.</summary>
    public static IReadOnlyList<PublishedResult> All { get; } =
    [
        new("PNG baseline", "its README", new(55.4, 56.2, 54.3, 56.2, 48.8)),
        new("EPNG", "XPNG's README", new(49.7, 45.6, 55.5, 50.2, 45.1)),
        new("PPMN", "its README", new(59.4, 57.2, 62.5, 60.0, 54.0)),
        new("DRMN", "its documents", new(62.9, null, null, null, null)),
        new("PiGLET", "its abstract", new(63.2, null, null, null, null)),
        new("XPNG", "its README", new(63.3, 61.1, 66.2, 64.0, 56.4)),
        new("F-LMM, LLaVA-1.6-M-7B", "others' notes on its paper", new(66.5, null, null, null, null)),
    ];

    /// <summary>Whether published figures are about the same data: COCO's validation narratives, all of them.</summary>
    /// <remarks>
    /// Told by the split's name, by COCO's 133 panoptic categories, and by the number of narratives: about 8,500 of them have phrases.
    /// </remarks>
    /// <param name="settings">What was measured.</param>
    /// <param name="narratives">How many narratives were judged.</param>
    /// <param name="categories">The benchmark's categories by id.</param>
    public static bool IsAbout(EvaluationSettings settings, int narratives, IReadOnlyDictionary<int, PanopticCategory> categories)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(categories);
        bool Named(int id, string name) => categories.TryGetValue(id, out var category) && category.Name == name;
        return settings.Split == "val"
            && narratives >= LeastNarratives
            && (settings.Limit is not { } limit || limit > narratives)
            && categories.Count == CocoCategories
            && Named(1, "person")
            && Named(184, "tree-merged")
            && Named(200, "rug-merged");
    }
}
