namespace Groundling;

/// <summary>What became of one of many pictures: a grounding, or why there is none.</summary>
/// <param name="Source">What was asked.</param>
/// <param name="Grounding">The masks; null where there is a fault.</param>
/// <param name="Fault">What is wrong with this picture or its caption; null where it was grounded.</param>
public sealed record PictureOutcome(CaptionedPicture Source, Grounding? Grounding, InputException? Fault)
{
    /// <summary>The masks, for those to whom one bad picture is the end.</summary>
    /// <exception cref="InputException">The picture has a fault; the message names it.</exception>
    public Grounding Required => Grounding ?? throw new InputException($"{Source.Name}: {Fault!.Message}", Fault);
}
