using System.ComponentModel;
using Groundling.Data;

namespace Groundling.Web.Browsing;

internal sealed record DataAnswer(
    [property: Description("The data folder's name.")] string Name,
    [property: Description("The part of the data.")] string Split,
    [property: Description("Pictures that something was told of.")] int Pictures,
    [property: Description("What was told of them.")] int Narratives,
    [property: Description("Phrases with ground truth.")] int Phrases,
    [property: Description("The categories that phrases are of, the commonest first.")] IReadOnlyList<CategoryAnswer> Categories,
    [property: Description("The evaluations that scores are from.")] IReadOnlyList<ReportAnswer> Reports,
    [property: Description("Whether the data may be changed, at /edit/ID.")] bool Edit,
    [property: Description("The model whose attention is shown; null for none.")] string? Model,
    [property: Description("What to know before trusting what is shown.")] IReadOnlyList<string> Notes
);

internal sealed record CategoryAnswer(
    [property: Description("Its name.")] string Name,
    [property: Description("Whether it is a thing, else stuff.")] bool IsThing,
    [property: Description("Phrases of it.")] int Phrases
);

internal sealed record ReportAnswer(
    [property: Description("What to call it.")] string Name,
    [property: Description("Its average recall over all phrases, as a fraction.")] double? AverageRecall
);

internal sealed record ListAnswer(
    [property: Description("How many pictures are asked for.")] int Total,
    [property: Description("How many phrases.")] int Phrases,
    [property: Description("A stretch of the list.")] IReadOnlyList<RowAnswer> Rows
);

internal sealed record RowAnswer(
    [property: Description("The image's id.")] string Id,
    [property: Description("How the caption begins.")] string Caption,
    [property: Description("Phrases asked for.")] int Phrases,
    [property: Description("Their mean IoU by the report; null where none was judged.")] double? Score,
    [property: Description("Where two reports differ most about a phrase: the other's IoU less the first's.")] double? Difference
);

internal sealed record PictureAnswer(
    [property: Description("The image's id.")] string Id,
    [property: Description("The name of its file.")] string File,
    [property: Description("Its place in the list that was asked for, from 0; null where it is not in it.")] int? Place,
    [property: Description("How long that list is.")] int Total,
    [property: Description("The picture before it in the list.")] string? Previous,
    [property: Description("The picture after it.")] string? Next,
    [property: Description("Why its masks cannot be shown; null where they can.")] string? Fault,
    [property: Description("What was told of it.")] IReadOnlyList<NarrativeAnswer> Narratives
);

internal sealed record NarrativeAnswer(
    [property: Description("Its place in the file.")] int Index,
    [property: Description("The caption.")] string Caption,
    [property: Description("Its phrases with ground truth.")] IReadOnlyList<BrowsedPhrase> Phrases
);

internal sealed record BrowsedPhrase(
    [property: Description("Its text.")] string Text,
    [property: Description("Where it begins in the caption, in UTF-16 units.")] int Start,
    [property: Description("Where it ends.")] int End,
    [property: Description("Its colour.")] string Colour,
    [property: Description("The last segment's category.")] string Category,
    [property: Description("Whether it counts as a thing, else stuff.")] bool IsThing,
    [property: Description("Whether it counts as plural.")] bool IsPlural,
    [property: Description("How many segments it has.")] int Segments,
    [property: Description("The share of the picture that it takes, as annotated.")] double Share,
    [property: Description("Whether it was asked for.")] bool IsAsked,
    [property: Description("Its true mask; null where it cannot be read.")] RunLengthMask? Truth,
    [property: Description("What each report made of it, in their order; null where it was not judged.")]
        IReadOnlyList<PredictionAnswer?> Predictions
);

internal sealed record PredictionAnswer(
    [property: Description("Intersection over union, as it was judged.")] double Iou,
    [property: Description("True where the method gave no mask.")] bool Missing,
    [property: Description("The mask at the picture's size; null where it was not kept.")] RunLengthMask? Mask
);

internal sealed record AttentionRequest(
    [property: Description("The narrative's place in the file.")] int Narrative,
    [property: Description("Which of its phrases, from 0.")] int Phrase
);
