using System.Text.Json.Serialization;

namespace Groundling.Export.Coco;

/// <summary>COCO's records, as https://cocodataset.org/#format-data names their keys; caption, score and attributes are ours.</summary>
internal sealed record CocoImage(int Id, string FileName, int Width, int Height, string Caption);

internal sealed record CocoInstance(
    long Id,
    int ImageId,
    int CategoryId,
    CocoSegmentation Segmentation,
    long Area,
    [property: JsonPropertyName("bbox")] int[] Box,
    [property: JsonPropertyName("iscrowd")] int IsCrowd,
    double Score,
    PhraseRecord Attributes
);

internal sealed record CocoMap(int ImageId, string FileName, IReadOnlyList<CocoSegment> SegmentsInfo);

internal sealed record CocoSegment(
    int Id,
    int CategoryId,
    long Area,
    [property: JsonPropertyName("bbox")] int[] Box,
    [property: JsonPropertyName("iscrowd")] int IsCrowd,
    IReadOnlyList<PhraseRecord> Phrases
);

internal sealed record CocoCategory(int Id, string Name, string Supercategory, [property: JsonPropertyName("isthing")] int IsThing);
