namespace Groundling.Training;

/// <summary>A folder that is replaced as a whole: at every instant either the old or the new one can be found.</summary>
/// <remarks>
/// A new checkpoint is written beside the old one as <c>.NAME.writing</c>, renamed to <c>.NAME.whole</c> when all of it is on the disk,
/// and then takes the old one's place. A process that dies in between leaves a whole one that <see cref="Recover"/> puts in place.
/// </remarks>
public sealed class CheckpointFolder
{
    private readonly string _writing,
        _whole,
        _old;

    /// <param name="parent">The folder around it.</param>
    /// <param name="name">Its name: "last" or "best".</param>
    public CheckpointFolder(string parent, string name)
    {
        Path = System.IO.Path.Combine(parent, name);
        (_writing, _whole, _old) = (Beside("writing"), Beside("whole"), Beside("old"));

        string Beside(string state) => System.IO.Path.Combine(parent, $".{name}.{state}");
    }

    /// <summary>Where the checkpoint lies.</summary>
    public string Path { get; }

    /// <summary>Whether there is one.</summary>
    public bool Exists => Directory.Exists(Path);

    /// <summary>Finishes what a process that died has left half done.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Recover()
    {
        Remove(_writing);
        if (Directory.Exists(_whole))
            Replace();
        Remove(_old);
    }

    /// <summary>Writes a new checkpoint in place of the old one.</summary>
    /// <param name="write">Writes all files into the folder it is given.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the old checkpoint stays.</exception>
    public void Write(Action<string> write)
    {
        Recover();
        try
        {
            Directory.CreateDirectory(_writing);
            write(_writing);
        }
        catch
        {
            Remove(_writing);
            throw;
        }
        Directory.Move(_writing, _whole);
        Replace();
        Remove(_old);
    }

    private void Replace()
    {
        if (Exists)
        {
            Remove(_old);
            Directory.Move(Path, _old);
        }
        Directory.Move(_whole, Path);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
