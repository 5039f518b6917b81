using Groundling.Core;
using Groundling.Data.Editing;

namespace Groundling.Scenes;

/// <summary>Where a split's files lie, finished and in the making.</summary>
internal sealed class SceneFolder(string root, SceneSplit split) : IDisposable
{
    private FolderLock? _held;

    private readonly string _name = NameOf(split) + "2017";

    public string Staging => Path.Combine(root, $".{_name}.partial");

    public string StagedImages => Path.Combine(Staging, "images");

    public string StagedMaps => Path.Combine(Staging, "maps");

    public string StagedNarratives => Path.Combine(Staging, "narratives.json");

    public string StagedPanoptic => Path.Combine(Staging, "panoptic.json");

    public string StagedOrigin => Path.Combine(Staging, "origin.json");

    public string Images => Path.Combine(root, "images", _name);

    public string Maps => Path.Combine(root, "annotations", "panoptic_segmentation", _name);

    public string Narratives => Path.Combine(root, "annotations", $"png_coco_{_name}.json");

    public string Panoptic => Path.Combine(root, "annotations", $"panoptic_{_name}.json");

    /// <summary>The record of how the split was made: also the mark by which a later run knows that it may replace it.</summary>
    public string Origin => Path.Combine(root, "annotations", $"scenes_{_name}.json");

    public static string NameOf(SceneSplit split) =>
        split switch
        {
            SceneSplit.Train => "train",
            SceneSplit.Val => "val",
            SceneSplit.Compositional => "compositional",
            SceneSplit.CloseUps => "closeups",
            SceneSplit.CloseUpsVal => "closeups-val",
            SceneSplit.Varied => "varied",
            SceneSplit.Novel => "novel",
            SceneSplit.NovelVal => "novel-val",
            SceneSplit.Dense => "dense",
            _ => throw new InputException($"unknown scene split {(int)split}"),
        };

    /// <summary>Refuses to touch files that are not generated scenes.</summary>
    /// <exception cref="InputException">The split's folder holds something else.</exception>
    public void RequireReplaceable()
    {
        if (File.Exists(root))
            throw new InputException($"{root} is a file: name a folder for the scenes");
        var journals = EditSession.JournalsOf(root, NameOf(split));
        if (FolderLock.IsHeld(journals))
            throw new InputException($"{root}, split {NameOf(split)}, is being edited: end the editor, or choose another folder");
        if (
            Directory.Exists(journals)
            && Directory.EnumerateFileSystemEntries(journals).Any(entry => Path.GetFileName(entry) != FolderLock.Name)
        )
            throw new InputException(
                $"{journals} has edits that the files do not have yet: open the editor once, which saves them, or choose another folder"
            );
        if (File.Exists(Origin))
        {
            foreach (var (path, mark) in SceneAnnotations.Marks(Origin, [Narratives, Panoptic]))
                if (File.Exists(path) && mark != SceneAnnotations.MarkOf(path))
                    throw new InputException(
                        $"{path} was changed after it was drawn, which drawing it again would undo: choose another folder, or move it away"
                    );
            return;
        }
        foreach (string path in (ReadOnlySpan<string>)[Narratives, Panoptic])
            if (File.Exists(path))
                throw new InputException($"{path} is not a file of generated scenes: choose another folder, or move it away");
        foreach (string path in (ReadOnlySpan<string>)[Images, Maps])
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
                throw new InputException($"{path} holds files that are not generated scenes: choose another folder, or move them away");
    }

    /// <exception cref="InputException">Another process draws the same split.</exception>
    public void BeginStaging()
    {
        Directory.CreateDirectory(Staging);
        _held =
            FolderLock.TryHold(Staging)
            ?? throw new InputException(
                $"{root}, split {NameOf(split)}, is being drawn by another process: wait for it, or choose another folder"
            );
        Empty();
        Directory.CreateDirectory(StagedImages);
        Directory.CreateDirectory(StagedMaps);
    }

    /// <summary>Puts the finished split in place of an older one; when this returns, the disk has it.</summary>
    /// <exception cref="IOException">The disk does not take it, or a folder cannot be written.</exception>
    public void Publish()
    {
        DiskSync.Tree(Staging);
        Directory.CreateDirectory(Path.GetDirectoryName(Images)!);
        Directory.CreateDirectory(Path.GetDirectoryName(Maps)!);
        RequireReplaceable(); // somebody may have edited it while this was drawn
        // The old annotations go first, the mark comes next, and the new annotations last: an interrupted change is seen as generated, and
        // as incomplete.
        File.Delete(Narratives);
        File.Delete(Panoptic);
        SyncNames();
        AtomicFile.Rename(StagedOrigin, Origin);
        Replace(StagedImages, Images);
        Replace(StagedMaps, Maps);
        SyncNames();
        File.Move(StagedPanoptic, Panoptic);
        File.Move(StagedNarratives, Narratives);
        SyncNames();
    }

    /// <summary>Removes what was in the making, and lets others draw.</summary>
    public void Dispose()
    {
        if (_held is null)
            return;
        try
        {
            Empty();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What ended the drawing is the fault worth reporting; the next one empties it.
        }
        _held.Dispose();
        _held = null;
        try
        {
            Directory.Delete(Staging);
        }
        catch (IOException)
        {
            // Another has begun to draw.
        }
    }

    /// <summary>Removes what a killed process left.</summary>
    private void Empty()
    {
        foreach (var entry in new DirectoryInfo(Staging).GetFileSystemInfos())
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else if (entry.Name != FolderLock.Name)
                entry.Delete();
    }

    private void SyncNames()
    {
        foreach (var path in (ReadOnlySpan<string>)[Images, Maps, Origin, Path.GetDirectoryName(Origin)!])
            DiskSync.Folder(Path.GetDirectoryName(path)!);
    }

    private static void Replace(string from, string to)
    {
        if (Directory.Exists(to))
            Directory.Delete(to, recursive: true);
        Directory.Move(from, to);
    }
}
