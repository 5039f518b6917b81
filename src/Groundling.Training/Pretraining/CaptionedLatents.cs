using Groundling.Data;

namespace Groundling.Training;

/// <summary>Pictures' latents with the captions that tell of them, in the same order.</summary>
/// <param name="Latents">Rows of a <see cref="LatentStore"/>.</param>
/// <param name="Captions">With their noun phrases.</param>
/// <param name="Tags">What is in the pictures; null where that is not known.</param>
public sealed record CaptionedLatents(RowStore Latents, IReadOnlyList<Caption> Captions, IReadOnlyList<PictureTags>? Tags = null);
