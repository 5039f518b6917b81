namespace Groundling.Torch;

/// <summary>A tensor, or some of its rows, under another name: how weights stored in one layout are read in another.</summary>
/// <param name="Name">The new name.</param>
/// <param name="From">The name in the file.</param>
/// <param name="Part">Which of <paramref name="Parts"/> equal shares of the rows, from 0.</param>
/// <param name="Parts">1 for the whole tensor.</param>
/// <param name="IsMatrix">Whether trailing sizes of 1 are left out: a 1x1 convolution as a matrix.</param>
public sealed record WeightView(string Name, string From, int Part = 0, int Parts = 1, bool IsMatrix = false);
