using Groundling.Core;

namespace Groundling.Scenes;

/// <summary>Where a split's files lie, finished and in the making.</summary>
internal sealed class SceneFolder(string root, SceneSplit split)
{
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
            _ => throw new InputException($"unknown scene split {(int)split}"),
        };

    /// <summary>Refuses to touch files that are not generated scenes.</summary>
    /// <exception cref="InputException">The split's folder holds something else.</exception>
    public void RequireReplaceable()
    {
        if (File.Exists(root))
            throw new InputException($"{root} is a file: name a folder for the scenes");
        if (File.Exists(Origin))
            return;
        foreach (string path in (ReadOnlySpan<string>)[Narratives, Panoptic])
            if (File.Exists(path))
                throw new InputException($"{path} is not a file of generated scenes: choose another folder, or move it away");
        foreach (string path in (ReadOnlySpan<string>)[Images, Maps])
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
                throw new InputException($"{path} holds files that are not generated scenes: choose another folder, or move them away");
    }

    public void BeginStaging()
    {
        Discard();
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
        // The mark goes first in and the annotations last: an interrupted change is seen as generated, and as incomplete.
        AtomicFile.Rename(StagedOrigin, Origin);
        SyncNames();
        File.Delete(Narratives);
        File.Delete(Panoptic);
        Replace(StagedImages, Images);
        Replace(StagedMaps, Maps);
        SyncNames();
        File.Move(StagedPanoptic, Panoptic);
        File.Move(StagedNarratives, Narratives);
        Discard();
        SyncNames();
    }

    public void Discard()
    {
        if (Directory.Exists(Staging))
            Directory.Delete(Staging, recursive: true);
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
