namespace Groundling.Rendering;

/// <summary>Which files <see cref="GroundingWriter"/> writes.</summary>
/// <param name="Overlay">overlay.png, the figure.</param>
/// <param name="Phrases">phrases.json, every phrase with its score, box and mask.</param>
/// <param name="Panoptic">panoptic.png and panoptic.json in COCO's panoptic format.</param>
/// <param name="Style">How masks lie over the picture in the figure.</param>
public sealed record WriteOptions(bool Overlay = true, bool Phrases = true, bool Panoptic = true, FigureStyle Style = FigureStyle.Contours);
