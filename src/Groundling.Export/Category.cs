namespace Groundling.Export;

/// <summary>What phrases are sorted into.</summary>
/// <param name="Number">Its place in the list, from 0; COCO's ids are one more.</param>
/// <param name="Name">As the tools are to show it.</param>
/// <param name="IsThing">True for what is counted, false for stuff such as sky and grass.</param>
public sealed record Category(int Number, string Name, bool IsThing = true);
