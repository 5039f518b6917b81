using System.Text.Json;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Rendering;
using Groundling.Scenes;

namespace Groundling.Tests.Data;

public class GroundingWriterTests
{
    /// <summary>Two dogs and a tree that overlap; the second dog lies wholly under the tree, which scores higher.</summary>
    private static readonly Grounding Scene = Groundings.Make(
        20,
        10,
        ("a dog", 0.7, new Box(0, 0, 8, 6)),
        ("a tree", 0.9, new Box(4, 2, 10, 8)),
        ("a dog", 0.3, new Box(6, 4, 2, 2)),
        ("שלג", 0.25, new Box(18, 0, 2, 10)),
        ("a ghost", 0.99, default)
    );

    [Fact]
    public void All_files_are_written_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var target = Path.Combine(folder.Path, "new", "deeper");
        var paths = GroundingWriter.Write(Scene, "yard.jpg", target);
        string[] names = ["overlay.png", "panoptic.json", "panoptic.png", "phrases.json"];
        Assert.Equal(names, Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(names, paths.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True(Picture.Load(Path.Combine(target, "overlay.png")).Width > 20);
    }

    [Fact]
    public void Phrases_hold_what_the_grounding_holds()
    {
        using var folder = new TemporaryFolder();
        GroundingWriter.Write(Scene, "yard.jpg", folder.Path, new WriteOptions(Overlay: false, Panoptic: false));
        Assert.Equal("phrases.json", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path))));
        using var json = JsonDocument.Parse(File.ReadAllBytes(folder.File("phrases.json")));
        var root = json.RootElement;
        Assert.Equal("yard.jpg", root.GetProperty("image").GetString());
        Assert.Equal((20, 10), (root.GetProperty("width").GetInt32(), root.GetProperty("height").GetInt32()));
        var caption = root.GetProperty("caption").GetString()!;
        Assert.Equal(5, root.GetProperty("phrases").GetArrayLength());
        foreach (var (written, phrase) in root.GetProperty("phrases").EnumerateArray().Zip(Scene.Phrases))
        {
            var text = written.GetProperty("text").GetString()!;
            Assert.Equal(text, caption[written.GetProperty("start").GetInt32()..written.GetProperty("end").GetInt32()]);
            Assert.Equal(phrase.Score, written.GetProperty("score").GetDouble());
            Assert.Equal(phrase.Mask.Area, written.GetProperty("area").GetInt64());
            var box = phrase.Mask.Box;
            Assert.Equal([box.X, box.Y, box.Width, box.Height], written.GetProperty("box").EnumerateArray().Select(v => v.GetInt32()));
            var segmentation = written.GetProperty("segmentation");
            Assert.Equal([10, 20], segmentation.GetProperty("size").EnumerateArray().Select(v => v.GetInt32()));
            Assert.Equal(phrase.Mask.ToBytes(), RunLengthMask.Parse(segmentation.GetProperty("counts").GetString()!, 20, 10).ToBytes());
        }
    }

    [Fact]
    public void Panoptic_files_are_cocos_and_agree_with_each_other()
    {
        using var folder = new TemporaryFolder();
        GroundingWriter.Write(Scene, "yard.jpg", folder.Path, new WriteOptions(Overlay: false));
        var (ids, width, height) = PanopticPng.Read(folder.File("panoptic.png"));
        var json = PanopticAnnotations.Read(folder.File("panoptic.json"));
        Assert.Equal("yard.jpg", json.Pictures["1"].FileName);
        var annotation = json.Annotations["1"];
        Assert.Equal("panoptic.png", annotation.FileName);

        Assert.Equal(["a dog", "a tree", "שלג"], annotation.Segments.Select(s => json.Categories[s.CategoryId].Name));
        Assert.Equal(3, json.Categories.Count);
        // The tree scores higher: the dog keeps 8 x 6 less the 4 x 4 they share.
        Assert.Equal([48 - 16, 80, 20], annotation.Segments.Select(s => s.Area));
        foreach (var segment in annotation.Segments)
        {
            var mask = PanopticPng.MaskOf(ids, width, height, [segment.Id]);
            Assert.Equal(segment.Area, mask.Area);
            Assert.Equal(segment.Box, mask.Box);
        }
        Assert.Equal(annotation.Segments.Sum(s => s.Area), ids.Count(id => id != 0));
    }

    [Fact]
    public void Existing_files_are_replaced_and_others_kept()
    {
        using var folder = new TemporaryFolder();
        folder.Write("phrases.json", "old");
        folder.Write("notes.txt", "mine");
        GroundingWriter.Write(Scene, "yard.jpg", folder.Path);
        Assert.StartsWith("{", File.ReadAllText(folder.File("phrases.json")), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(folder.File("notes.txt")));
        Assert.Equal(5, Directory.EnumerateFileSystemEntries(folder.Path).Count());
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is_left()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "x");
        foreach (var target in (string[])[file, Path.Combine(file, "under"), "bad\0name", ""])
        {
            var fault = Assert.Throws<InputException>(() => GroundingWriter.Write(Scene, "yard.jpg", target));
            Assert.DoesNotContain('\n', fault.Message);
        }
        Assert.Equal("x", File.ReadAllText(file));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_in_a_files_place_stops_everything()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("panoptic.json"));
        var fault = Assert.Throws<InputException>(() => GroundingWriter.Write(Scene, "yard.jpg", folder.Path));
        Assert.Contains("panoptic.json is a folder", fault.Message, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_fault_half_way_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        var target = Path.Combine(folder.Path, "a", "b");
        var fault = Assert.Throws<InputException>(() => FolderWriter.Write(target, [("first", [1]), ("no/such/folder", [2])]));
        Assert.Contains("nothing was written", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Equal_scores_go_to_the_earlier_phrase()
    {
        var grounding = Groundings.Make(4, 1, ("first", 0.5, new Box(0, 0, 3, 1)), ("second", 0.5, new Box(1, 0, 3, 1)));
        Assert.Equal([3, 1], PanopticResult.From(grounding).Segments.Select(s => s.Segment.Area));
    }
}
