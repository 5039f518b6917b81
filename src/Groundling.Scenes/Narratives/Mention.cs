namespace Groundling.Scenes.Narratives;

/// <summary>Words for some segments, and what the words claim.</summary>
internal sealed record Mention(string Text, List<SceneSegment> Who, PhraseClaim Claim);
