namespace Groundling.Data.Benchmark;

/// <summary>A segment of a COCO panoptic annotation.</summary>
/// <param name="Id">Its colour in the panoptic PNG.</param>
/// <param name="CategoryId">Its category.</param>
/// <param name="Area">Its pixels.</param>
/// <param name="Box">The box around it.</param>
/// <param name="IsCrowd">True for a group that was not taken apart; the benchmark counts it like any other.</param>
public readonly record struct PanopticSegment(int Id, int CategoryId, int Area, Box Box, bool IsCrowd);
