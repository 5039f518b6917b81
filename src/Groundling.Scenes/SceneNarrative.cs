using Groundling.Data;

namespace Groundling.Scenes;

/// <summary>A caption and the utterances that tile it.</summary>
/// <param name="Caption">The whole text.</param>
/// <param name="Utterances">In order; spaces and letter case aside, their concatenation is the caption.</param>
public sealed record SceneNarrative(string Caption, IReadOnlyList<SceneUtterance> Utterances);
