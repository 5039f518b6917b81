using Groundling.Evaluation;

namespace Groundling.Web.Browsing;

/// <summary>Which data to look at, and how to listen.</summary>
public sealed record BrowseOptions : ServerOptions
{
    /// <summary>Options with <see cref="BrowseAddress.Port"/>.</summary>
    public BrowseOptions() => Port = BrowseAddress.Port;

    /// <summary>The benchmark's folder, with "annotations" and "images".</summary>
    public string Data { get; set; } = "";

    /// <summary>"train", "val", ...</summary>
    public string Split { get; set; } = "val";

    /// <summary>Evaluations of these data; scores and masks come from them.</summary>
    public IReadOnlyList<ComparedMethod> Reports { get; set; } = [];

    /// <summary>Whether the data may be changed.</summary>
    public bool Edit { get; set; }

    /// <summary>The folder of small pictures that were made before; it is made where missing, and may be deleted at any time.</summary>
    public string Cache { get; set; } = ThumbnailCache.UsualFolder;

    /// <summary>How large <see cref="Cache"/> may become, 1 to 1,048,576 MiB; what was not looked at for longest goes first.</summary>
    public int CacheMegabytes { get; set; } = 512;

    internal override void Check()
    {
        RequireRange("largest cache in MiB", CacheMegabytes, 1, 1 << 20);
        base.Check();
        if (Edit && !System.Net.IPAddress.IsLoopback(Address))
            throw new InputException(
                $"with --edit the host {Host} would let everybody who reaches it change the data; keep 127.0.0.1, and come to it through ssh -L"
            );
    }
}
