using System.Numerics;

namespace Groundling.Scenes.Stuff;

/// <summary>How ground looks: its colours from far to near, its patches, and its grain.</summary>
/// <param name="Far">At the horizon.</param>
/// <param name="Near">At the viewer.</param>
/// <param name="Patch">What broad patches lean to.</param>
/// <param name="PatchAmount">How far they lean, 0 to 1.</param>
/// <param name="Grain">Strength of the fine grain.</param>
/// <param name="Stretch">How much longer than deep the grain is.</param>
internal sealed record GroundLook(Vector4 Far, Vector4 Near, Vector4 Patch, float PatchAmount, float Grain, float Stretch);
