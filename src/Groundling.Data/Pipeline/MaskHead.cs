namespace Groundling;

/// <summary>What can say where phrases are.</summary>
public enum MaskHead
{
    /// <summary>The mask decoder's last layer (Sec. 3.3).</summary>
    Decoder,

    /// <summary>What phrases attended to in the phrase adapter, all blocks together (Sec. 3.2).</summary>
    Adapter,

    /// <summary>
    /// What pixels attended to in the UNet, all blocks together (Sec. 3.1), each phrase's map divided by its largest value: as much of a
    /// pixel's attention goes to none of the phrases, only shares tell where a phrase is. The adapter's attention masks read the maps in
    /// the same way.
    /// </summary>
    Diffusion,

    /// <summary>
    /// Static prompting read well, without training and whatever was trained: the UNet's attention shared among the phrases, and spread
    /// over pixels that attend to each other.
    /// </summary>
    Refined,
}
