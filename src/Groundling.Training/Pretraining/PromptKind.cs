namespace Groundling.Training;

/// <summary>What the UNet is told of a picture.</summary>
public enum PromptKind
{
    /// <summary>Nothing, the unconditional prompt of classifier-free guidance: the states of a caption without words.</summary>
    None,

    /// <summary>The states of all rows, as when pictures are made.</summary>
    Words,

    /// <summary>The start-of-text state and the mean state of each noun phrase, as when phrases are grounded.</summary>
    Phrases,
}
