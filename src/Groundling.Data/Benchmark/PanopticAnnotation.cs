namespace Groundling.Data.Benchmark;

/// <summary>The panoptic annotation of one image.</summary>
/// <param name="ImageId">The COCO image, without leading zeros.</param>
/// <param name="FileName">The panoptic PNG's file name.</param>
/// <param name="Segments">The image's segments.</param>
public sealed record PanopticAnnotation(string ImageId, string FileName, IReadOnlyList<PanopticSegment> Segments);
