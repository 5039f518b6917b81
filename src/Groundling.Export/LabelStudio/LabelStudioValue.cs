using System.Text.Json.Serialization;

namespace Groundling.Export.LabelStudio;

/// <summary>A region's mask and its label; what the other shape has is left out.</summary>
public sealed record LabelStudioValue
{
    private const double Percent = 100;

    /// <summary>"rle" of a brush region.</summary>
    [JsonPropertyName("format")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Format { get; init; }

    /// <summary>A brush region's bytes, as @thi.ng/rle-pack reads them.</summary>
    [JsonPropertyName("rle")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Rle { get; init; }

    /// <summary>A brush region's one label.</summary>
    [JsonPropertyName("brushlabels")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? BrushLabels { get; init; }

    /// <summary>A polygon's corners: x in percent of the width, y of the height.</summary>
    [JsonPropertyName("points")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double[]>? Points { get; init; }

    /// <summary>Whether a polygon's last corner joins the first.</summary>
    [JsonPropertyName("closed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Closed { get; init; }

    /// <summary>A polygon's one label.</summary>
    [JsonPropertyName("polygonlabels")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? PolygonLabels { get; init; }

    internal static LabelStudioValue Brush(RunLengthMask mask, string label) =>
        new()
        {
            Format = "rle",
            Rle = [.. BrushRuns.Encode(mask).Select(value => (int)value)],
            BrushLabels = [label],
        };

    internal static IEnumerable<LabelStudioValue> Polygons(RunLengthMask mask, string label) =>
        mask.ToPolygons()
            .Select(piece => new LabelStudioValue
            {
                Points =
                [
                    .. JoinedOutline
                        .Of(piece)
                        .Select(corner => new[] { Percent * corner.X / mask.Width, Percent * corner.Y / mask.Height }),
                ],
                Closed = true,
                PolygonLabels = [label],
            });
}
