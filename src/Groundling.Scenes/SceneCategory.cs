namespace Groundling.Scenes;

/// <summary>One row of the category table, as COCO panoptic files have it.</summary>
/// <param name="Id">Unique number: things from 1, stuff from 101, novel things from 201.</param>
/// <param name="Name">Singular name.</param>
/// <param name="Supercategory">The family it belongs to.</param>
/// <param name="IsThing">True for what can be counted.</param>
public sealed record SceneCategory(int Id, string Name, string Supercategory, bool IsThing);
