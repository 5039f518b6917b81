namespace Groundling.Web.Browsing;

/// <summary>Which data to look at, and how to listen.</summary>
public sealed record BrowseOptions : ServerOptions
{
    /// <summary>The port that is taken if none is named; links in reports lead there.</summary>
    public const int UsualPort = 8090;

    /// <summary>Options with the usual port.</summary>
    public BrowseOptions() => Port = UsualPort;

    /// <summary>The benchmark's folder, with "annotations" and "images".</summary>
    public string Data { get; set; } = "";

    /// <summary>"train", "val", ...</summary>
    public string Split { get; set; } = "val";

    /// <summary>Whether the data may be changed.</summary>
    public bool Edit { get; set; }
}
