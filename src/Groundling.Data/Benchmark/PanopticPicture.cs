namespace Groundling.Data.Benchmark;

/// <summary>What a panoptic_*.json file says of an image's picture.</summary>
/// <param name="FileName">The picture's file name; never with a folder.</param>
/// <param name="Width">Columns; 0 where the file does not say.</param>
/// <param name="Height">Rows; 0 where the file does not say.</param>
public readonly record struct PanopticPicture(string FileName, int Width, int Height);
