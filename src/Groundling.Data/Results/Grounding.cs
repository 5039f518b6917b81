using System.Text.Json.Serialization;

namespace Groundling;

/// <summary>
/// A picture and a caption with a mask for each noun phrase. Serialises as its <see cref="GroundingDocument"/>, without the picture.
/// </summary>
/// <param name="Picture">The picture as it was read.</param>
/// <param name="Caption">The caption with its phrases.</param>
/// <param name="Phrases">The grounded phrases, in the caption's order.</param>
[JsonConverter(typeof(GroundingConverter))]
public sealed record Grounding(Picture Picture, Caption Caption, IReadOnlyList<GroundedPhrase> Phrases)
{
    /// <summary>What the reader should know before trusting the masks; usually empty.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What made the masks, where that is known.</summary>
    public GroundingOrigin? Origin { get; init; }
}
