namespace Groundling.Export;

/// <summary>A grounded picture on its way into files.</summary>
/// <param name="FileName">What the tools call the picture: its path as it will lie for them, with slashes.</param>
/// <param name="Document">What was found in it.</param>
public sealed record ExportPicture(string FileName, GroundingDocument Document)
{
    /// <summary>What the picture's own files are called, without an ending: no two pictures of an export share one.</summary>
    public required string Name { get; init; }

    /// <summary>Where the picture lies, for formats that take it along; null where it is no file.</summary>
    public string? Path { get; init; }
}
