namespace Groundling.Data.Editing;

/// <summary>What became of an edit.</summary>
/// <param name="State">The annotation now.</param>
/// <param name="Changes">The pixels that changed, to be done in this order.</param>
public sealed record EditResult(EditState State, IReadOnlyList<PixelRun> Changes);
