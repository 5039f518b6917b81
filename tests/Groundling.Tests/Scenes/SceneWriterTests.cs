using System.Text.Json;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.Editing;
using Groundling.Data.NounPhrases;
using Groundling.Scenes;

namespace Groundling.Tests.Scenes;

public sealed class SceneWriterTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("scenes-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_folder_is_the_same_whatever_the_parallelism()
    {
        string one = Path.Combine(_root, "one"),
            four = Path.Combine(_root, "four");
        SceneWriter.Write(one, SceneSplit.Val, 9, 3, 64, 1, null, TestContext.Current.CancellationToken);
        SceneWriter.Write(four, SceneSplit.Val, 9, 3, 64, 4, null, TestContext.Current.CancellationToken);
        var files = Files(one);
        Assert.Equal(files, Files(four));
        Assert.All(files, f => Assert.Equal(File.ReadAllBytes(Path.Combine(one, f)), File.ReadAllBytes(Path.Combine(four, f))));
    }

    [Theory]
    [InlineData(SceneSplit.Train, "train")]
    [InlineData(SceneSplit.Compositional, "compositional")]
    public void The_layout_is_the_official_one(SceneSplit split, string name)
    {
        SceneWriter.Write(_root, split, 3, 1, 64, 0, null, TestContext.Current.CancellationToken);
        string[] expected =
        [
            $"annotations/panoptic_{name}2017.json",
            $"annotations/panoptic_segmentation/{name}2017/000000000001.png",
            $"annotations/panoptic_segmentation/{name}2017/000000000002.png",
            $"annotations/panoptic_segmentation/{name}2017/000000000003.png",
            $"annotations/png_coco_{name}2017.json",
            $"annotations/scenes_{name}2017.json",
            $"images/{name}2017/000000000001.png",
            $"images/{name}2017/000000000002.png",
            $"images/{name}2017/000000000003.png",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Files(_root));
    }

    [Fact]
    public void The_files_hold_what_the_generator_draws()
    {
        SceneWriter.Write(_root, SceneSplit.Train, 2, 8, 80, 2, null, TestContext.Current.CancellationToken);
        var scene = new SceneGenerator(80).Generate(8, 1, SceneSplit.Train);
        using var narratives = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_root, "annotations/png_coco_train2017.json")));
        var told = narratives.RootElement[1];
        Assert.Equal("2", told.GetProperty("image_id").GetString());
        Assert.Equal(scene.Narrative.Caption, told.GetProperty("caption").GetString());
        Assert.Equal(scene.Narrative.Utterances.Count, told.GetProperty("segments").GetArrayLength());
        Assert.Equal(
            scene
                .Narrative.Utterances.SelectMany(u => u.SegmentIds)
                .Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            told.GetProperty("segments")
                .EnumerateArray()
                .SelectMany(s => s.GetProperty("segment_ids").EnumerateArray())
                .Select(e => e.GetString())
        );

        using var panoptic = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_root, "annotations/panoptic_train2017.json")));
        Assert.Equal("000000000002.png", panoptic.RootElement.GetProperty("images")[1].GetProperty("file_name").GetString());
        Assert.Equal(SceneCategories.All.Count, panoptic.RootElement.GetProperty("categories").GetArrayLength());
        Assert.Equal(
            scene.Segments.Select(s => (s.Id, s.Category.Id, s.Area)),
            panoptic
                .RootElement.GetProperty("annotations")[1]
                .GetProperty("segments_info")
                .EnumerateArray()
                .Select(e => (e.GetProperty("id").GetInt32(), e.GetProperty("category_id").GetInt32(), e.GetProperty("area").GetInt32()))
        );

        using var picture = SkiaSharp.SKBitmap.Decode(Path.Combine(_root, "images/train2017/000000000002.png"));
        using var map = SkiaSharp.SKBitmap.Decode(Path.Combine(_root, "annotations/panoptic_segmentation/train2017/000000000002.png"));
        for (int i = 0; i < 80 * 80; i++)
        {
            var c = picture.GetPixel(i % 80, i / 80);
            Assert.Equal((scene.Rgb[3 * i], scene.Rgb[3 * i + 1], scene.Rgb[3 * i + 2]), (c.Red, c.Green, c.Blue));
            var m = map.GetPixel(i % 80, i / 80);
            Assert.Equal(scene.SegmentIds[i], m.Red + 256 * m.Green + 65536 * m.Blue);
        }
    }

    [Fact]
    public void A_second_run_replaces_the_first()
    {
        SceneWriter.Write(_root, SceneSplit.Val, 5, 1, 64, 0, null, TestContext.Current.CancellationToken);
        SceneWriter.Write(_root, SceneSplit.Val, 2, 2, 64, 0, null, TestContext.Current.CancellationToken);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_root, "images/val2017")).Length);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_root, "annotations/panoptic_segmentation/val2017")).Length);
    }

    [Fact]
    public void Files_of_others_are_never_replaced()
    {
        string photo = Path.Combine(_root, "images", "val2017", "000000142238.jpg");
        Directory.CreateDirectory(Path.GetDirectoryName(photo)!);
        File.WriteAllText(photo, "a photograph");
        var fault = Assert.Throws<InputException>(() =>
            SceneWriter.Write(_root, SceneSplit.Val, 1, 1, 64, 0, null, TestContext.Current.CancellationToken)
        );
        Assert.Contains("val2017", fault.Message, StringComparison.Ordinal);
        Assert.Equal("a photograph", File.ReadAllText(photo));
    }

    [Fact]
    public void A_split_that_was_changed_or_is_being_changed_is_not_drawn_over()
    {
        Draw();
        var file = Path.Combine(_root, "annotations", "png_coco_val2017.json");
        var drawn = File.ReadAllText(file);
        File.WriteAllText(file, drawn + "\n");
        Assert.Contains($"{file} was changed after it was drawn", Assert.Throws<InputException>(Draw).Message);
        File.WriteAllText(file, drawn);
        using (EditSession.Open(_root, "val"))
            Assert.Contains("is being edited", Assert.Throws<InputException>(Draw).Message);
        var journals = Directory.CreateDirectory(EditSession.JournalsOf(_root, "val")).FullName;
        Draw(); // a killed editor's empty folder says nothing
        File.WriteAllText(Path.Combine(journals, "1.journal"), "");
        Assert.Contains("edits that the files do not have", Assert.Throws<InputException>(Draw).Message);
        Directory.Delete(journals, recursive: true);
        // Between the old annotations and the new ones there are none, whatever the mark.
        File.Delete(file);
        File.Delete(Path.Combine(_root, "annotations", "panoptic_val2017.json"));
        Draw();

        void Draw() => SceneWriter.Write(_root, SceneSplit.Val, 1, 1, 64, 0, null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Two_that_draw_a_split_do_not_undo_each_other()
    {
        var refused = "";
        SceneWriter.Write(_root, SceneSplit.Val, 2, 1, 64, 0, new AtFirst(Other), TestContext.Current.CancellationToken);
        Assert.Contains("is being drawn by another process", refused);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_root, "images/val2017")).Length);
        Assert.Empty(Directory.GetDirectories(_root, ".*"));

        void Other()
        {
            refused = Assert
                .Throws<InputException>(() =>
                    SceneWriter.Write(_root, SceneSplit.Val, 1, 2, 64, 0, null, TestContext.Current.CancellationToken)
                )
                .Message;
            SceneWriter.Write(_root, SceneSplit.Novel, 1, 2, 64, 0, null, TestContext.Current.CancellationToken); // another split may be
        }
    }

    private sealed class AtFirst(Action act) : IProgress<int>
    {
        public void Report(int value) => act();
    }

    [Fact]
    public void A_cancelled_run_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => SceneWriter.Write(_root, SceneSplit.Val, 4, 1, 64, 1, null, cancel.Token));
        Assert.Empty(Files(_root));
    }

    private static List<string> Files(string root) =>
        [
            .. Directory
                .GetFiles(root, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(root, f).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];
}
