namespace Groundling.Web.Browsing;

/// <summary>In which order pictures are listed; those that an order says nothing of come last, as the file has them.</summary>
internal enum PictureOrder
{
    /// <summary>As the file has them.</summary>
    File,

    /// <summary>The lowest mean IoU of the phrases asked for first.</summary>
    Worst,

    /// <summary>The highest first.</summary>
    Best,

    /// <summary>Where two reports differ most about one phrase.</summary>
    Difference,

    /// <summary>Where the other report has won most over the first.</summary>
    Won,

    /// <summary>Where it has lost most.</summary>
    Lost,

    /// <summary>The smallest phrase first.</summary>
    Small,

    /// <summary>The most phrases first.</summary>
    Phrases,
}
