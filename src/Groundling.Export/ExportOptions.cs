namespace Groundling.Export;

/// <summary>How pictures are exported.</summary>
public sealed record ExportOptions
{
    /// <summary>The categories; by default every head noun is one.</summary>
    public CategoryTable? Categories { get; init; }

    /// <summary>What stands before a picture's name in Label Studio's tasks; the name is escaped for an address.</summary>
    public string PictureAddress { get; init; } = "/data/local-files/?d=";
}
