using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Tests.Data;

public class BenchmarkFaultTests
{
    [Fact]
    public void The_unspoiled_benchmark_has_no_fault()
    {
        using var benchmark = new SmallBenchmark();
        var (examples, faults) = benchmark.Read();
        var example = Assert.Single(examples);
        Assert.Equal(["The sky", "a man"], example.Phrases.Select(p => p.Span.Text));
        var loaded = example.TryLoad(faults);
        Assert.NotNull(loaded);
        Assert.Equal([12, 4], loaded.Value.Masks.Select(m => m.Area));
        Assert.Empty(faults.Describe());
    }

    [Theory]
    [InlineData(SmallBenchmark.Panoptic, "\"category_id\": 1,", "\"category_id\": 77,", FaultKind.UnknownCategory, 1, "category 77")]
    [InlineData(SmallBenchmark.Panoptic, "\"id\": 300,", "\"id\": 5,", FaultKind.RepeatedSegment, 1, "id 5")]
    [InlineData(SmallBenchmark.Panoptic, "{\"id\": 187,", "{\"id\": 1,", FaultKind.RepeatedCategory, 1, "category 1")]
    [InlineData(SmallBenchmark.Panoptic, "[0, 0, 6, 2]", "[NaN, 0, -Infinity, 2]", FaultKind.BadBox, 1, "segment 0")]
    [InlineData(SmallBenchmark.Panoptic, "[0, 0, 6, 2]", "[0, 0, 6]", FaultKind.BadBox, 1, "segment 0")]
    [InlineData(SmallBenchmark.Panoptic, "[0, 0, 6, 2]", "[0, 0, 1e99, 2]", FaultKind.BadBox, 1, "segment 0")]
    [InlineData(SmallBenchmark.Panoptic, "[0, 0, 6, 2]", "null", FaultKind.BadBox, 1, "segment 0")]
    [InlineData(SmallBenchmark.Panoptic, "000000000042.png", "../../000000000042.png", FaultKind.UnsafeFileName, 1, "../../")]
    [InlineData(SmallBenchmark.Panoptic, "000000000042.jpg", "/etc/passwd", FaultKind.UnsafeFileName, 1, "/etc/passwd")]
    [InlineData(SmallBenchmark.Panoptic, "000000000042.jpg", "..\\\\..\\\\x.jpg", FaultKind.UnsafeFileName, 1, "x.jpg")]
    [InlineData(SmallBenchmark.Panoptic, "000000000042.jpg", "..", FaultKind.UnsafeFileName, 1, "..")]
    [InlineData(SmallBenchmark.Panoptic, ", \"isthing\": 1", "", FaultKind.CategoryWithoutKind, 1, "categories 0")]
    [InlineData(SmallBenchmark.Panoptic, "\"isthing\": 0", "\"isthing\": null", FaultKind.CategoryWithoutKind, 1, "categories 1")]
    [InlineData(SmallBenchmark.Narratives, "[\"300\"]", "[300]", FaultKind.NumberIds, 1, "narrative 0")]
    public void Odd_fields_are_counted_and_the_example_stays(
        string file,
        string old,
        string replacement,
        FaultKind kind,
        int count,
        string says
    )
    {
        using var benchmark = new SmallBenchmark().With(file, old, replacement);
        var (examples, faults) = benchmark.Read();
        Assert.Single(examples);
        Assert.Equal(count, faults[kind]);
        Assert.Contains(says, faults.ExamplesOf(kind)[0]);
        Assert.NotNull(examples[0].TryLoad(faults));
    }

    [Theory]
    [InlineData(SmallBenchmark.Narratives, "\"The sky over a man\"", "\"  \"", FaultKind.EmptyCaption)]
    [InlineData(SmallBenchmark.Narratives, "\"42\"", "\"43\"", FaultKind.ImageWithoutAnnotation)]
    [InlineData(SmallBenchmark.Narratives, "\"42\"", "\"forty-two\"", FaultKind.UnreadableRecord)]
    [InlineData(SmallBenchmark.Narratives, "\"42\"", "{\"deep\": [1, 2]}", FaultKind.UnreadableRecord)]
    [InlineData(SmallBenchmark.Narratives, "\"42\"", "NaN", FaultKind.UnreadableRecord)]
    [InlineData(SmallBenchmark.Narratives, "\"segments\"", "\"parts\"", FaultKind.UnreadableRecord)]
    [InlineData(SmallBenchmark.Narratives, "The sky over", "\\ud83d sky over", FaultKind.UnreadableRecord)]
    [InlineData(SmallBenchmark.Narratives, "[\"5\"]", "[\"five\"]", FaultKind.UnreadableRecord)]
    [InlineData(SmallBenchmark.Panoptic, "\"segments_info\"", "\"segments\"", FaultKind.UnreadableRecord)]
    public void Narratives_that_cannot_be_used_are_counted_and_left_out(string file, string old, string replacement, FaultKind kind)
    {
        using var benchmark = new SmallBenchmark().With(file, old, replacement);
        var (examples, faults) = benchmark.Read();
        Assert.Empty(examples);
        Assert.Equal(1, faults[kind]);
        Assert.Contains("2017.json, ", faults.ExamplesOf(kind)[0]);
    }

    [Theory]
    [InlineData("[\"300\"]", "[\"301\"]", FaultKind.MissingSegment, FaultKind.PhraseWithoutSegments)]
    [InlineData("\"a man\", \"segment_ids\"", "\"a horse\", \"segment_ids\"", FaultKind.UnplacedUtterance, FaultKind.UnplacedUtterance)]
    public void Phrases_that_cannot_be_used_are_counted_and_left_out(string old, string replacement, FaultKind kind, FaultKind also)
    {
        using var benchmark = new SmallBenchmark().With(SmallBenchmark.Narratives, old, replacement);
        var (examples, faults) = benchmark.Read();
        Assert.Equal("The sky", Assert.Single(examples[0].Phrases).Span.Text);
        Assert.Equal(1, faults[kind]);
        Assert.Equal(1, faults[also]);
    }

    [Fact]
    public void An_id_that_is_no_text_is_quoted_as_such()
    {
        using var benchmark = new SmallBenchmark();
        var bytes = benchmark.Bytes(SmallBenchmark.Narratives);
        bytes[bytes.AsSpan().IndexOf("\"42\""u8) + 1] = 0xFF;
        benchmark.Write(SmallBenchmark.Narratives, bytes);
        var (examples, faults) = benchmark.Read();
        Assert.Empty(examples);
        Assert.Contains("\"image_id\" is text that is not Unicode", Assert.Single(faults.ExamplesOf(FaultKind.UnreadableRecord)));
    }

    [Fact]
    public void A_second_annotation_of_an_image_is_counted()
    {
        using var benchmark = new SmallBenchmark().With(
            SmallBenchmark.Panoptic,
            "\"annotations\": [",
            "\"annotations\": [{\"image_id\": \"0042\", \"file_name\": \"000000000042.png\", \"segments_info\": []}, "
        );
        Assert.Equal(1, benchmark.Read().Faults[FaultKind.RepeatedImage]);
    }

    [Fact]
    public void The_same_narrative_twice_is_counted_and_kept()
    {
        using var benchmark = new SmallBenchmark();
        var text = File.ReadAllText(benchmark.File(SmallBenchmark.Narratives)).Trim();
        benchmark.Write(SmallBenchmark.Narratives, $"[{text[1..^1]}, {text[1..^1]}]");
        var (examples, faults) = benchmark.Read();
        Assert.Equal(2, examples.Count);
        Assert.Equal(1, faults[FaultKind.RepeatedNarrative]);
        Assert.Contains("narrative 1", faults.ExamplesOf(FaultKind.RepeatedNarrative)[0]);
    }

    [Theory]
    [InlineData(SmallBenchmark.PictureName, FaultKind.MissingPicture)]
    [InlineData(SmallBenchmark.Map, FaultKind.MissingMap)]
    public void Images_without_their_files_are_counted_and_left_out(string gone, FaultKind kind)
    {
        using var benchmark = new SmallBenchmark();
        File.Delete(benchmark.File(gone));
        var (examples, faults) = benchmark.Read();
        Assert.Empty(examples);
        Assert.Equal(1, faults[kind]);
        Assert.Contains(Path.GetFileName(gone), faults.ExamplesOf(kind)[0]);
    }

    [Theory]
    [InlineData(SmallBenchmark.PictureName, FaultKind.UnreadablePicture)]
    [InlineData(SmallBenchmark.Map, FaultKind.UnreadableMap)]
    public void Files_cut_short_are_counted(string cut, FaultKind kind)
    {
        using var benchmark = new SmallBenchmark();
        benchmark.Write(cut, benchmark.Bytes(cut)[..40]);
        var (examples, faults) = benchmark.Read();
        Assert.Null(examples[0].TryLoad(faults));
        Assert.Equal(1, faults[kind]);
    }

    public static TheoryData<string, byte[]> OtherMaps =>
        new()
        {
            { "an 8-bit greyscale PNG", PngFile.Make(6, 4, 8, PngFile.Grey, Enumerable.Repeat(new byte[6], 4)) },
            { "a 16-bit greyscale PNG", PngFile.Make(6, 4, 16, PngFile.Grey, Enumerable.Repeat(new byte[12], 4)) },
            { "a 16-bit PNG", PngFile.Make(6, 4, 16, PngFile.Rgb, Enumerable.Repeat(new byte[36], 4)) },
            { "a PNG with a palette", PngFile.Make(6, 4, 8, PngFile.Palette, Enumerable.Repeat(new byte[6], 4), [5, 0, 0]) },
            { "a JPEG file", PictureTests.Quarters() },
        };

    [Theory]
    [MemberData(nameof(OtherMaps))]
    public void Maps_that_hold_no_colours_of_ids_are_named(string kind, byte[] map)
    {
        using var benchmark = new SmallBenchmark();
        benchmark.Write(SmallBenchmark.Map, map);
        var (examples, faults) = benchmark.Read();
        Assert.Null(examples[0].TryLoad(faults));
        Assert.Contains($"is {kind}, but a panoptic PNG holds", Assert.Single(faults.ExamplesOf(FaultKind.UnreadableMap)));
    }

    [Theory]
    [InlineData(SmallBenchmark.PictureName)]
    [InlineData(SmallBenchmark.Map)]
    public void A_file_of_another_size_is_counted(string odd)
    {
        using var benchmark = new SmallBenchmark();
        benchmark.Write(odd, new Picture(4, 6, new byte[72]).EncodePng());
        var (examples, faults) = benchmark.Read();
        Assert.Null(examples[0].TryLoad(faults));
        Assert.Equal(1, faults[FaultKind.OtherSize]);
        Assert.Contains("4 x 6", faults.ExamplesOf(FaultKind.OtherSize)[0]);
        if (odd == SmallBenchmark.Map)
            Assert.Contains("4 x 6", Assert.Throws<InputException>(() => examples[0].LoadMasks(faults)).Message);
    }

    [Fact]
    public void Areas_that_disagree_are_counted_and_the_pixels_used()
    {
        using var benchmark = new SmallBenchmark().With(SmallBenchmark.Panoptic, "\"area\": 4", "\"area\": 5");
        var (examples, faults) = benchmark.Read();
        Assert.Equal(4, examples[0].LoadMasks(faults)[1].Area);
        Assert.Contains("segment 300: 4 pixels, area 5", Assert.Single(faults.ExamplesOf(FaultKind.WrongArea)));
    }

    [Fact]
    public void Void_pixels_belong_to_nothing()
    {
        using var benchmark = new SmallBenchmark();
        var map = PanopticMap.Load(benchmark.File(SmallBenchmark.Map));
        Assert.Equal(8, map.VoidPixels);
        Assert.Equal([5, 300], map.Areas.Keys.Order());
        Assert.Equal(0, map.MaskOf([4]).Area);
    }

    [Theory]
    [InlineData(SmallBenchmark.Narratives)]
    [InlineData(SmallBenchmark.Panoptic)]
    public void Annotations_cut_anywhere_are_refused_and_the_place_named(string file)
    {
        using var benchmark = new SmallBenchmark();
        var whole = benchmark.Bytes(file).AsSpan().TrimEnd("\r\n "u8).ToArray();
        for (int length = 0; length < whole.Length; length += 7)
        {
            benchmark.Write(file, whole[..length]);
            var message = Assert.Throws<InputException>(benchmark.Open).Message;
            Assert.Contains(Path.GetFileName(file), message);
            Assert.Matches("cut short.*byte [0-9]+|neither a JSON array", message);
            Assert.DoesNotContain("\n", message);
        }
    }

    [Fact]
    public void Foreign_numbers_are_survived_wherever_the_buffer_ends()
    {
        using var folder = new TemporaryFolder();
        for (int pad = 0; pad < 24; pad++)
        {
            int fill = (1 << 18) - 60 + pad;
            var path = folder.Write(
                "annotations.json",
                "{\"note\": \""
                    + new string('x', fill)
                    + """
                    ", "annotations": [{"image_id": 1, "file_name": "a.png", "segments_info": [{"id": 3, "category_id": 1, "area": 9, "bbox": [-Infinity, NaN, Infinity, 1]}]}]}
                    """
            );
            var faults = new BenchmarkFaults();
            Assert.Equal(9, PanopticAnnotations.Read(path, faults).Annotations["1"].Segments[0].Area);
            Assert.Equal(1, faults[FaultKind.BadBox]);
        }
    }

    [Fact]
    public void A_zip_where_a_folder_should_be_is_named()
    {
        using var benchmark = new SmallBenchmark();
        Directory.Delete(benchmark.File("images/val2017"), recursive: true);
        benchmark.Write("images/val2017.zip", "PK\u0003\u0004");
        Assert.Contains("val2017.zip is a file, not the folder", Assert.Throws<InputException>(benchmark.Open).Message);
        benchmark.Write("data.zip", "PK\u0003\u0004");
        Assert.Contains(
            "zip file: unpack it",
            Assert.Throws<InputException>(() => PngBenchmark.Open(benchmark.File("data.zip"), "val")).Message
        );
        Assert.Contains("is not a name", Assert.Throws<InputException>(() => PngBenchmark.Open(benchmark.Path, "../val")).Message);
    }

    [Theory]
    [InlineData("annotations/panoptic_val2017")]
    [InlineData("annotations/panoptic_val")]
    public void Other_layouts_of_the_panoptic_folder_are_accepted(string layout)
    {
        using var benchmark = new SmallBenchmark();
        Directory.Move(benchmark.File("annotations/panoptic_segmentation/val2017"), benchmark.File(layout));
        Assert.NotNull(benchmark.Read().Examples[0].TryLoad(new BenchmarkFaults()));
        Directory.Delete(benchmark.File(layout), recursive: true);
        Assert.Contains("unpack COCO's panoptic PNG files", Assert.Throws<InputException>(benchmark.Open).Message);
        benchmark.Write("annotations/panoptic_val2017.zip", "PK\u0003\u0004");
        Assert.Contains("panoptic_val2017.zip is a file", Assert.Throws<InputException>(benchmark.Open).Message);
    }
}
