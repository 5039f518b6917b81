namespace Groundling.Data.Benchmark;

/// <summary>What can be wrong with the benchmark's files without making them useless.</summary>
public enum FaultKind
{
    /// <summary>A record lacks a field or holds one of another kind; the record is left out.</summary>
    UnreadableRecord,

    /// <summary>An image has a second panoptic annotation; the first is used.</summary>
    RepeatedImage,

    /// <summary>An image lists a segment id twice; the first is used.</summary>
    RepeatedSegment,

    /// <summary>A category id is given twice; the first is used.</summary>
    RepeatedCategory,

    /// <summary>A segment's category is not listed; it counts as stuff.</summary>
    UnknownCategory,

    /// <summary>A box is not four finite numbers; boxes are not used, so the segment stays.</summary>
    BadBox,

    /// <summary>A file name leads out of its folder; the image's usual name is used.</summary>
    UnsafeFileName,

    /// <summary>A narrative without words; left out.</summary>
    EmptyCaption,

    /// <summary>A narrative that stands in the file a second time; kept.</summary>
    RepeatedNarrative,

    /// <summary>A narrative whose image has no panoptic annotation; left out.</summary>
    ImageWithoutAnnotation,

    /// <summary>A segment id that the panoptic annotation of its image lacks; left out.</summary>
    MissingSegment,

    /// <summary>A phrase none of whose segments exist; left out.</summary>
    PhraseWithoutSegments,

    /// <summary>An utterance that is not in its caption; left out.</summary>
    UnplacedUtterance,

    /// <summary>A narrative whose segment ids are numbers instead of texts; read all the same.</summary>
    NumberIds,

    /// <summary>A narrative whose picture is not there; left out.</summary>
    MissingPicture,

    /// <summary>A narrative whose panoptic PNG is not there; left out.</summary>
    MissingMap,

    /// <summary>A picture that cannot be decoded; left out.</summary>
    UnreadablePicture,

    /// <summary>A panoptic PNG that cannot be decoded; left out.</summary>
    UnreadableMap,

    /// <summary>Picture, panoptic PNG and annotation do not have one size; left out.</summary>
    OtherSize,

    /// <summary>A segment whose pixel count is not its annotated area; the pixels are used.</summary>
    WrongArea,

    /// <summary>A panoptic PNG holds an id that its annotation does not list; those pixels belong to no phrase.</summary>
    UnlistedSegment,

    /// <summary>A category that does not say by <c>isthing</c> whether it is a thing; it counts as stuff.</summary>
    CategoryWithoutKind,
}
