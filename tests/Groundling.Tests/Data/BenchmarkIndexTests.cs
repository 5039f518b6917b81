using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Tests.Data;

public class BenchmarkIndexTests
{
    private const string Index = "annotations/png_coco_val2017.index";

    [Fact]
    public void The_second_opening_takes_the_index_and_says_the_same()
    {
        using var benchmark = new SmallBenchmark().With(SmallBenchmark.Panoptic, "[0, 0, 6, 2]", "[0, 0, 6]");
        var first = benchmark.Open();
        var second = benchmark.Open();
        Assert.True(first.WasIndexed);
        Assert.False(second.WasIndexed);
        Assert.Null(first.Note);
        BenchmarkFaults one = new(),
            two = new();
        var (a, b) = (Assert.Single(first.Read(one)), Assert.Single(second.Read(two)));
        Assert.Equal(
            (a.Index, a.ImageId, a.Caption.Text, a.PicturePath, a.PanopticPath, a.Width, a.Height),
            (b.Index, b.ImageId, b.Caption.Text, b.PicturePath, b.PanopticPath, b.Width, b.Height)
        );
        Assert.Equal(a.Caption.Phrases, b.Caption.Phrases);
        Assert.Equal(a.Segments, b.Segments);
        Assert.Equal(a.Phrases.SelectMany(p => p.Segments), b.Phrases.SelectMany(p => p.Segments));
        Assert.Equal(["The sky over a man", "The sky", "a man"], new[] { a.Caption.Text }.Concat(a.Phrases.Select(p => p.Span.Text)));
        Assert.Equal(one.Describe(), two.Describe());
        Assert.Equal(one.ExamplesOf(FaultKind.BadBox), two.ExamplesOf(FaultKind.BadBox));
        Assert.Equal(first.Categories.Values, second.Categories.Values);
    }

    [Theory]
    [InlineData(SmallBenchmark.Narratives, "over", "near")]
    [InlineData(SmallBenchmark.Panoptic, "\"area\": 12", "\"area\": 13")]
    public void A_changed_source_is_read_again(string file, string old, string replacement)
    {
        using var benchmark = new SmallBenchmark();
        benchmark.Open();
        var time = File.GetLastWriteTimeUtc(benchmark.File(file));
        benchmark.With(file, old, replacement);
        File.SetLastWriteTimeUtc(benchmark.File(file), time); // the same length and time: the bytes tell
        Assert.True(benchmark.Open().WasIndexed);
        Assert.False(benchmark.Open().WasIndexed);
        File.SetLastWriteTimeUtc(benchmark.File(file), time.AddSeconds(1));
        Assert.True(benchmark.Open().WasIndexed);
    }

    [Fact]
    public void A_damaged_index_is_made_again_without_a_word()
    {
        using var benchmark = new SmallBenchmark();
        benchmark.Open();
        var whole = benchmark.Bytes(Index);
        for (int length = 0; length < whole.Length; length += 13)
            Damaged(whole[..length]);
        for (int at = 0; at < whole.Length; at += 11)
        {
            var flipped = whole.ToArray();
            flipped[at] ^= 0x40;
            Damaged(flipped);
        }
        Damaged([.. whole, 0]);

        void Damaged(byte[] bytes)
        {
            benchmark.Write(Index, bytes);
            var opened = benchmark.Open();
            Assert.True(opened.WasIndexed);
            Assert.Null(opened.Note);
            Assert.Equal(whole, benchmark.Bytes(Index));
        }
    }

    [Fact]
    public void Without_a_place_for_the_index_everything_works_and_a_note_says_so()
    {
        using var benchmark = new SmallBenchmark();
        Directory.CreateDirectory(benchmark.File(Index + "/taken")); // as unwritable as a read-only folder, also for root
        for (int i = 0; i < 2; i++)
        {
            var opened = benchmark.Open();
            Assert.True(opened.WasIndexed);
            Assert.Contains("could not be written", opened.Note);
            Assert.Single(opened.Read(new BenchmarkFaults()));
        }
        Assert.Empty(Directory.GetFiles(benchmark.File("annotations"), "*.tmp"));
    }

    [Fact]
    public void Openings_at_once_agree()
    {
        using var benchmark = new SmallBenchmark();
        Parallel.For(0, 8, _ => Assert.Single(benchmark.Open().Read(new BenchmarkFaults())));
        Assert.False(benchmark.Open().WasIndexed);
        Assert.Empty(Directory.GetFiles(benchmark.File("annotations"), "*.tmp"));
    }
}
