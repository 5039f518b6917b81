namespace Groundling.Evaluation;

/// <summary>The figures of one category: that of each phrase's last segment.</summary>
/// <param name="Id">Its number in the panoptic annotations.</param>
/// <param name="Name">The category.</param>
/// <param name="IsThing">Whether it is a thing.</param>
/// <param name="Phrases">How many phrases.</param>
/// <param name="AverageRecall">In [1e-5, 0.99999].</param>
/// <param name="ShareAboveHalf">Share of phrases with IoU above 0.5.</param>
/// <param name="MeanIou">Mean IoU.</param>
public sealed record CategoryFigures(
    int Id,
    string Name,
    bool IsThing,
    int Phrases,
    double AverageRecall,
    double ShareAboveHalf,
    double MeanIou
);
