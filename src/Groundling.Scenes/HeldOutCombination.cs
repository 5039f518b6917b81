namespace Groundling.Scenes;

/// <summary>A category with an attribute that training never shows together.</summary>
/// <param name="Category">Name in <see cref="SceneCategories"/>.</param>
/// <param name="Attribute">A colour or a material word.</param>
public sealed record HeldOutCombination(string Category, string Attribute);
