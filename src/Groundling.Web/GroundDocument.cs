using System.ComponentModel;
using System.Text.Json.Serialization;
using Groundling.Data;

namespace Groundling.Web;

/// <summary>What the answer of /v1/ground holds, for its description in OpenAPI; <see cref="GroundAnswer"/> writes it.</summary>
internal sealed record GroundDocument
{
    [Description("The picture's columns.")]
    public required int Width { get; init; }

    [Description("The picture's rows.")]
    public required int Height { get; init; }

    [Description("The caption without brackets.")]
    public required string Caption { get; init; }

    [Description("What made the masks.")]
    public required OriginDocument MadeBy { get; init; }

    [Description("The phrases in the caption's order.")]
    public required IReadOnlyList<PhraseDocument> Phrases { get; init; }

    [Description("\"full\" or \"static\".")]
    public required string Method { get; init; }

    [Description("The threshold that was used.")]
    public required double Threshold { get; init; }

    [Description("Where they were asked for: each phrase's probabilities, a value for every 4 x 4 pixels of the network's input.")]
    public IReadOnlyList<ByteMap>? Probabilities { get; init; }

    [Description("What to know before trusting the masks; usually nothing.")]
    public required IReadOnlyList<string> Warnings { get; init; }

    [Description("From the request's begin to its answer.")]
    public required double Milliseconds { get; init; }
}

internal sealed record OriginDocument(string Model, string? Trained, string Method, string MaskHead);

internal sealed record PhraseDocument
{
    public required string Text { get; init; }

    [Description("Where it begins in the caption, in UTF-16 units.")]
    public required int Start { get; init; }

    [Description("Where it ends.")]
    public required int End { get; init; }

    [Description("Whether it names several things; missing where nobody said.")]
    public bool? Plural { get; init; }

    [Description("The mean probability inside the mask, 0 where it is empty.")]
    public required double Score { get; init; }

    [Description("The mask's pixels.")]
    public required long Area { get; init; }

    [Description("x, y, width, height.")]
    public required IReadOnlyList<int> Box { get; init; }

    [Description("The mask, run-length coded as COCO does it.")]
    public required SegmentationDocument Segmentation { get; init; }
}

internal sealed record SegmentationDocument([property: Description("height, width.")] IReadOnlyList<int> Size, [property: JsonRequired] string Counts);
