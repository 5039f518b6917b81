using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Groundling.Data;
using Groundling.Data.Editing;

namespace Groundling.Web.Editing;

internal sealed record EditRequest(
    [property: Description("The version that the edit was made for; an edit for an older one is refused with 409.")] string Version,
    [property: Description("Any text that no other edit has: sent again with it, the edit is not done twice.")] string Key,
    [property: Description("The edit: an object whose \"op\" says which.")] JsonElement Operation
);

internal sealed record EditPhraseAnswer(
    [property: Description("Where it begins in the caption, in UTF-16 units.")] int Start,
    [property: Description("Where it ends.")] int End,
    [property: Description("What it stands for.")] IReadOnlyList<int> Segments,
    [property: Description("Whether it names several things.")] bool Plural,
    [property: Description("The noun that says what it is.")] string Noun
);

internal sealed record EditNarrativeAnswer(
    [property: Description("The caption; empty where there is none yet.")] string Caption,
    [property: Description("Its phrases in order.")] IReadOnlyList<EditPhraseAnswer> Phrases
)
{
    public static EditNarrativeAnswer Of(EditedNarrative told) =>
        new(
            told.Caption,
            [
                .. told.Phrases.Select(phrase => new EditPhraseAnswer(
                    phrase.Start,
                    phrase.End,
                    phrase.Segments,
                    phrase.IsPlural,
                    NounPhraseChunker.English.HeadOf(told.Caption[phrase.Start..phrase.End]).Noun
                )),
            ]
        );
}

internal sealed record EditSegmentAnswer(
    [property: Description("Its id.")] int Id,
    [property: Description("Its colour.")] string Colour,
    [property: Description("What it is.")] string Category,
    [property: Description("Whether it is a thing; else it is stuff.")] bool Thing,
    [property: Description("Whether it is a group that was not taken apart.")] bool Crowd,
    [property: Description("Its pixels.")] long Area
)
{
    public static EditSegmentAnswer Of(EditedSegment segment) =>
        new(
            segment.Id,
            new Colour((byte)segment.Id, (byte)(segment.Id >> 8), (byte)(segment.Id >> 16)).ToString(),
            segment.Category.Name,
            segment.Category.IsThing,
            segment.IsCrowd,
            segment.Area
        );
}

/// <summary>A picture's annotation after an edit.</summary>
internal record EditAnswer(
    [property: Description("The version, to send with the next edit.")] string Version,
    [property: Description("What is told of the picture.")] IReadOnlyList<EditNarrativeAnswer> Narratives,
    [property: Description("Its segments in the order in which they were made.")] IReadOnlyList<EditSegmentAnswer> Segments,
    [property: Description("The id that the next new segment gets.")] int NextSegment,
    [property: Description("Whether there is a step to take back.")] bool CanUndo,
    [property: Description("Whether there is a step to do again.")] bool CanRedo,
    [property: Description("Pixels that changed, row by row: three numbers a run, where it starts, its length, whose it is now.")]
        IReadOnlyList<int> Changes,
    [property: Description("Why the data's files could not be written; missing where they could. Nothing is lost, the journal has it.")]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        string? Fault
)
{
    public static EditAnswer Of(EditState state, IReadOnlyList<PixelRun> changes, string? fault) =>
        new(
            state.Version,
            [.. state.Narratives.Select(EditNarrativeAnswer.Of)],
            [.. state.Segments.Select(EditSegmentAnswer.Of)],
            state.NextSegment,
            state.CanUndo,
            state.CanRedo,
            [.. changes.SelectMany(run => (int[])[run.Start, run.Length, run.After])],
            fault
        );
}

internal sealed record EditCategory(
    [property: Description("Its name.")] string Name,
    [property: Description("Whether it is a thing; else it is stuff.")] bool Thing
);

/// <summary>All that an editor needs to begin; <see cref="EditAnswer.Changes"/> is the whole picture.</summary>
internal sealed record EditBegin(
    [property: Description("The picture's id.")] string Id,
    [property: Description("The picture's file name.")] string Name,
    [property: Description("Columns.")] int Width,
    [property: Description("Rows.")] int Height,
    [property: Description("Its place among the pictures, from 0.")] int Place,
    [property: Description("How many pictures there are.")] int Count,
    [property: Description("The picture before it, if there is one.")] string? Previous,
    [property: Description("The picture behind it, if there is one.")] string? Next,
    [property: Description("Whether there is a model that proposes masks.")] bool Proposes,
    [property: Description("The data's categories.")] IReadOnlyList<EditCategory> Categories,
    [property: Description("The annotation.")] EditAnswer State
);

internal sealed record EditListed(
    [property: Description("The picture's id.")] string Id,
    [property: Description("The picture's file name.")] string Name
);

internal sealed record ProposalRequest(
    [property: Description("Where the phrase begins.")] int Phrase,
    [property: Description("Which narrative, from 0.")] int Narrative = 0
);

internal sealed record ProposalAnswer(
    [property: Description("The mean probability inside the mask.")] double Score,
    [property: Description("Its pixels.")] long Area,
    [property: Description("The mask, as COCO's run lengths.")] RunLengthMask Segmentation
);
