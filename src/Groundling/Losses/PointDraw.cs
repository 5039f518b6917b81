using static TorchSharp.torch;

namespace Groundling.Losses;

/// <summary>Draws random places for a number of masks.</summary>
/// <param name="masks">How many masks.</param>
/// <param name="points">How many places in each.</param>
/// <returns>[masks, points, 2] uniform in [0, 1); the caller owns it.</returns>
public delegate Tensor PointDraw(long masks, long points);
