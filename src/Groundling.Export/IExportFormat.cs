namespace Groundling.Export;

/// <summary>A format's files: what belongs to a picture is written with it, what holds all pictures at the end.</summary>
internal interface IExportFormat : IDisposable
{
    /// <summary>The path to give to the tool: the file that holds all pictures, or the folder of the pictures' own.</summary>
    string Result { get; }

    /// <summary>Takes a picture; its own files appear whole or not at all.</summary>
    void Add(SortedPicture picture);

    /// <summary>Writes what holds all pictures, and the categories.</summary>
    void Finish(IReadOnlyList<Category> categories);
}
