namespace Groundling.Evaluation;

/// <summary>Mean areas under the ROC curve of a block's attention maps, over phrases; null where there was no such phrase.</summary>
/// <param name="Block">The block's path in the standard layout.</param>
/// <param name="Stride">Pixels of the network's input that one of the map's spans, on each side.</param>
/// <param name="Things">Of phrases of things, the attention as it is.</param>
/// <param name="Stuff">Of phrases of stuff.</param>
/// <param name="SharedThings">Of things, each pixel's attention divided by its sum over the caption's phrases.</param>
/// <param name="SharedStuff">The same of stuff.</param>
public sealed record BlockRanking(string Block, int Stride, double? Things, double? Stuff, double? SharedThings, double? SharedStuff);
