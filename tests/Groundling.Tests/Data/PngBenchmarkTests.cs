using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Tests.Data;

public class PngBenchmarkTests
{
    [Fact]
    public void Panoptic_png_round_trips()
    {
        using var folder = new TemporaryFolder();
        int[] ids = [0, 255, 256, 65536, 0xFFFFFF, 3937500];
        var path = folder.Write("panoptic.png", PanopticPng.Encode(ids, 2, 3));
        var read = PanopticPng.Read(path);
        Assert.Equal((2, 3), (read.Width, read.Height));
        Assert.Equal(ids, read.Ids);
        Assert.Throws<ArgumentException>(() => PanopticPng.Encode([1 << 24], 1, 1));
        var mask = PanopticPng.MaskOf(ids, 2, 3, [256, 3937500]);
        Assert.Equal([0, 0, 1, 0, 0, 1], mask.ToBytes());
    }

    [Fact]
    public void A_phrase_alone_is_a_narrative_of_its_own()
    {
        using var folder = new TemporaryFolder();
        Make(folder);
        var told = PngBenchmark.Open(folder.Path, "val").Read(new()).Single(example => example.Phrases.Count == 2);
        for (var place = 0; place < 2; place++)
        {
            var alone = told.Alone(place);
            var phrase = Assert.Single(alone.Phrases);
            Assert.Equal(told.Phrases[place].Span.Text, alone.Caption.Text);
            Assert.Equal((0, alone.Caption.Text.Length), (phrase.Span.Start, phrase.Span.End));
            Assert.Equal(phrase.Span, Assert.Single(alone.Caption.Phrases));
            Assert.Equal(told.Phrases[place].Segments, phrase.Segments);
            Assert.Equal(told.LoadMasks(new())[place].ToBytes(), Assert.Single(alone.LoadMasks(new())).ToBytes());
        }
    }

    [Fact]
    public void Faults_are_counted_and_survived()
    {
        using var folder = new TemporaryFolder();
        Make(folder);
        var faults = new BenchmarkFaults();
        var examples = PngBenchmark.Open(folder.Path, "val").Read(faults).ToList();

        Assert.Equal([0, 1, 2], examples.Select(e => e.Index));
        var phrase = Assert.Single(examples[0].Phrases);
        Assert.Equal("the sky", phrase.Span.Text);
        Assert.False(phrase.LastIsThing);
        Assert.Equal([5], phrase.Segments.Select(s => s.Id));
        Assert.Equal([0, 1], examples[1].Phrases.Select(p => p.Segments.Count - 1));
        Assert.True(examples[1].Phrases[1].LastIsThing);
        Assert.True(examples[1].Phrases[1].PluralFlag);

        var masks = examples[1].LoadMasks(faults);
        Assert.Equal([1, 0, 0, 0, 0, 0], masks[0].ToBytes());
        Assert.Equal([0, 1, 1, 0, 0, 1], masks[1].ToBytes());
        Assert.Equal((3, 2), (examples[1].LoadPicture().Width, examples[1].LoadPicture().Height));

        Assert.Equal(2, faults[FaultKind.MissingSegment]);
        Assert.Equal(1, faults[FaultKind.PhraseWithoutSegments]);
        Assert.Equal(1, faults[FaultKind.ImageWithoutAnnotation]);
        Assert.Equal(1, faults[FaultKind.UnplacedUtterance]);
        Assert.Equal(1, faults[FaultKind.EmptyCaption]);
        Assert.Equal(1, faults[FaultKind.RepeatedNarrative]);
        Assert.Equal(1, faults[FaultKind.WrongArea]);
        Assert.Equal(7, faults.Describe().Count);
    }

    [Theory]
    [InlineData("annotations/png_coco_val2017.json")]
    [InlineData("annotations/panoptic_val2017.json")]
    [InlineData("annotations/panoptic_segmentation/val2017")]
    [InlineData("images/val2017")]
    public void What_is_missing_is_named(string gone)
    {
        using var folder = new TemporaryFolder();
        Make(folder);
        var path = folder.File(gone);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
        var fault = Assert.Throws<InputException>(() => PngBenchmark.Open(folder.Path, "val"));
        Assert.Contains(Path.GetFileName(gone), fault.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Real_annotations_are_read_without_a_fault()
    {
        using var folder = new TemporaryFolder(); // a copy: the index is written beside the annotations
        var benchmark = PngBenchmark.Open(Shared.CopyOf("samples/coco-panoptic", folder.Path), "val");
        var faults = new BenchmarkFaults();
        int phrases = 0;
        foreach (var example in benchmark.Read(faults))
        {
            var masks = example.LoadMasks(faults);
            var picture = example.LoadPicture();
            Assert.All(masks, m => Assert.Equal((picture.Width, picture.Height), (m.Width, m.Height)));
            Assert.All(masks, m => Assert.True(m.Area > 0));
            // Segments never overlap, so a phrase's area is the sum of its segments', and its box spans theirs.
            foreach (var (phrase, mask) in example.Phrases.Zip(masks))
            {
                Assert.Equal(phrase.Segments.Sum(s => (long)s.Area), mask.Area);
                Assert.Equal(phrase.Segments.Min(s => s.Box.X), mask.Box.X);
                Assert.Equal(phrase.Segments.Max(s => s.Box.Y + s.Box.Height), mask.Box.Y + mask.Box.Height);
            }
            phrases += masks.Count;
        }
        Assert.Empty(faults.Describe());
        Assert.Equal(22, phrases);
    }

    /// <summary>A benchmark of one 3 x 2 picture whose narratives have every known fault once.</summary>
    private static void Make(TemporaryFolder folder)
    {
        foreach (var name in (string[])["annotations/panoptic_segmentation/val2017", "images/val2017"])
            Directory.CreateDirectory(folder.File(name));
        folder.Write("images/val2017/000000000042.jpg", new Picture(3, 2, new byte[18]).EncodePng());
        folder.Write("annotations/panoptic_segmentation/val2017/000000000042.png", PanopticPng.Encode([5, 300, 300, 0, 0, 70000], 3, 2));
        folder.Write(
            "annotations/panoptic_val2017.json",
            """
            {"info": {"year": [2017]}, "licenses": null,
             "annotations": [{"image_id": 42, "file_name": "000000000042.png", "segments_info": [
                {"id": 5, "category_id": 187, "area": 1, "bbox": [0, 0, 1, 1], "iscrowd": 0},
                {"id": 300, "category_id": 1, "area": 9, "bbox": [1, 0, 2, 1], "iscrowd": 0},
                {"id": 70000, "category_id": 1, "area": 1, "bbox": [2, 1, 1, 1], "iscrowd": 1}]}],
             "categories": [
                {"id": 1, "name": "person", "supercategory": "person", "isthing": 1},
                {"id": 187, "name": "sky-other-merged", "supercategory": "sky", "isthing": 0}]}
            """
        );
        folder.Write(
            "annotations/png_coco_val2017.json",
            """
            [{"image_id": "42", "annotator_id": 1, "caption": "the sky over a man", "segments": [
                {"utterance": "the sky", "segment_ids": ["6", "5"], "plural": false, "noun": true},
                {"utterance": "under", "segment_ids": [], "plural": false, "noun": false},
                {"utterance": "a man", "segment_ids": ["1"], "plural": false, "noun": true}]},
             {"image_id": "42", "annotator_id": 2, "caption": "sky and people", "segments": [
                {"utterance": "sky", "segment_ids": ["5"], "plural": false, "noun": true},
                {"utterance": "and", "segment_ids": [], "plural": false, "noun": false},
                {"utterance": "people", "segment_ids": ["300", "70000"], "plural": true, "noun": true}]},
             {"image_id": "42", "annotator_id": 2, "caption": "sky and people", "segments": []},
             {"image_id": "42", "annotator_id": 3, "caption": " ", "segments": []},
             {"image_id": "43", "annotator_id": 1, "caption": "nothing", "segments": []}]
            """
        );
    }
}
