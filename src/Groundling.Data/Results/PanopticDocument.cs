using System.Text.Json.Serialization;
using Groundling.Data.Benchmark;

namespace Groundling.Data;

/// <summary>COCO's panoptic annotation of one picture, as panoptic.json holds it.</summary>
internal sealed record PanopticDocument(
    IReadOnlyList<PanopticDocument.ImageEntry> Images,
    IReadOnlyList<PanopticDocument.AnnotationEntry> Annotations,
    IReadOnlyList<PanopticDocument.CategoryEntry> Categories
)
{
    private const int ImageId = 1;

    public sealed record ImageEntry(int Id, string FileName, int Width, int Height);

    public sealed record AnnotationEntry(int ImageId, string FileName, IReadOnlyList<SegmentEntry> SegmentsInfo);

    public sealed record SegmentEntry(
        int Id,
        int CategoryId,
        long Area,
        [property: JsonPropertyName("bbox")] Box Box,
        [property: JsonPropertyName("iscrowd")] int IsCrowd
    );

    public sealed record CategoryEntry(int Id, string Name, string Supercategory, [property: JsonPropertyName("isthing")] int IsThing);

    /// <summary>Its one image, that image's segments, and a category for each distinct phrase.</summary>
    public static PanopticDocument From(PanopticResult result, int width, int height, string imageName, string panopticName) =>
        new(
            [new(ImageId, imageName, width, height)],
            [new(ImageId, panopticName, [.. result.Segments.Select(kept => Entry(kept.Segment))])],
            // COCO's tools ask for things where a category has several segments.
            [.. result.Categories.Select((name, i) => new CategoryEntry(i + 1, name, "phrase", IsThing: 1))]
        );

    private static SegmentEntry Entry(PanopticSegment segment) =>
        new(segment.Id, segment.CategoryId, segment.Area, segment.Box, segment.IsCrowd ? 1 : 0);
}
