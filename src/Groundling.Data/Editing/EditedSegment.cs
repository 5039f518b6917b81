using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>A segment of a picture.</summary>
/// <param name="Id">Its id, and its colour in the panoptic PNG: R + 256 G + 65536 B.</param>
/// <param name="Category">What it is.</param>
/// <param name="IsCrowd">Whether it is a group that was not taken apart.</param>
/// <param name="Area">Its pixels; a segment without any is not written.</param>
public sealed record EditedSegment(int Id, PanopticCategory Category, bool IsCrowd, long Area);
