namespace Groundling.Data.Benchmark;

/// <summary>A category of COCO's panoptic annotations.</summary>
/// <param name="Id">The category's number.</param>
/// <param name="Name">"person", "sky-other-merged", ...</param>
/// <param name="Supercategory">The group of categories it belongs to.</param>
/// <param name="IsThing">True for countable things, false for stuff.</param>
public sealed record PanopticCategory(int Id, string Name, string Supercategory, bool IsThing);
