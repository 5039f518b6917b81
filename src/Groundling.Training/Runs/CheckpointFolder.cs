using Groundling.Core;

namespace Groundling.Training;

/// <summary>A folder that is replaced as a whole: at every instant either the old or the new one can be found.</summary>
/// <remarks>
/// A new checkpoint is written beside the old one as <c>.NAME.writing</c>, renamed to <c>.NAME.whole</c> when the disk has all of it,
/// and then takes the old one's place. A process that dies in between leaves a whole one that <see cref="Recover"/> puts in place. Nothing is
/// removed before the disk has what replaces it.
/// </remarks>
public sealed class CheckpointFolder
{
    private readonly string _writing,
        _whole,
        _old;

    /// <param name="parent">The folder around it.</param>
    /// <param name="name">Its name: "last" or "best".</param>
    /// <param name="predecessor">The name that the checkpoint before gets, "previous"; none is kept where null.</param>
    public CheckpointFolder(string parent, string name, string? predecessor = null)
    {
        Path = System.IO.Path.Combine(parent, name);
        Predecessor = predecessor is null ? null : System.IO.Path.Combine(parent, predecessor);
        (_writing, _whole, _old) = (Beside("writing"), Beside("whole"), Beside("old"));

        string Beside(string state) => System.IO.Path.Combine(parent, $".{name}.{state}");
    }

    /// <summary>Where the checkpoint lies.</summary>
    public string Path { get; }

    /// <summary>Where the one before it lies, if there was one; null where none is kept.</summary>
    public string? Predecessor { get; }

    /// <summary>Whether there is one.</summary>
    public bool Exists => Directory.Exists(Path);

    /// <summary>
    /// Finishes what a process that died has left half done. Where the checkpoint was removed, the one before takes its place.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Recover()
    {
        Remove(_writing);
        if (Directory.Exists(_whole))
            Replace(Directory.Move);
        if (!Exists && Directory.Exists(Predecessor))
            Directory.Move(Predecessor, Path);
        Remove(_old);
    }

    /// <summary>Refuses a checkpoint whose files are not what was written.</summary>
    /// <exception cref="InputException">A file is damaged or missing; the message offers the checkpoint before.</exception>
    public void RequireWhole()
    {
        if (FolderChecksums.Fault(Path) is { } fault)
            throw Damaged(fault);
    }

    /// <summary>That the checkpoint cannot be used, and what can be.</summary>
    internal InputException Damaged(string fault)
    {
        var other =
            !Directory.Exists(Predecessor) ? "there is none before it: begin a new run, or restore this folder from a copy"
            : FolderChecksums.Fault(Predecessor) is { } too ? $"{Predecessor} is damaged, too ({too}): restore one of them from a copy"
            : $"remove that folder, and the run goes on from the one before, {Predecessor}";
        return new($"{Path} is damaged: {fault}; {other}");
    }

    /// <summary>Writes a new checkpoint in place of the old one; when this returns the disk has it.</summary>
    /// <param name="write">Writes all files into the folder it is given.</param>
    /// <exception cref="IOException">
    /// The disk is full or does not take the files, or the folder cannot be written; the old checkpoint stays.
    /// </exception>
    public void Write(Action<string> write)
    {
        Recover();
        var around = System.IO.Path.GetDirectoryName(Path)!;
        var undo = new Stack<Action>();
        try
        {
            Directory.CreateDirectory(_writing);
            write(_writing);
            FolderChecksums.Write(_writing);
            DiskSync.Tree(_writing);
            Move(_writing, _whole);
            DiskSync.Folder(around);
            Replace(Move);
            DiskSync.Folder(around);
        }
        catch
        {
            TakeBack(undo); // a checkpoint that the disk may not have is none
            throw;
        }
        Remove(_old);

        void Move(string from, string to)
        {
            Directory.Move(from, to);
            undo.Push(() => Directory.Move(to, from));
        }
    }

    private void Replace(Action<string, string> move)
    {
        if (Exists && Predecessor is null)
            MoveAway(Path);
        else if (Exists)
        {
            if (Directory.Exists(Predecessor))
                MoveAway(Predecessor);
            move(Path, Predecessor!);
        }
        move(_whole, Path);

        void MoveAway(string folder)
        {
            Remove(_old);
            move(folder, _old);
        }
    }

    private void TakeBack(Stack<Action> moves)
    {
        try
        {
            foreach (var back in moves)
                back();
            Remove(_writing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What failed first is the fault worth reporting; the next start recovers.
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
