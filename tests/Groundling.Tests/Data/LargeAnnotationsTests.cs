using System.Diagnostics;
using Groundling.Data.Benchmark;
using Groundling.Torch;

namespace Groundling.Tests.Data;

/// <summary>The training split's size: run with <c>-explicit only -class "*LargeAnnotations*"</c>.</summary>
public class LargeAnnotationsTests(ITestOutputHelper output)
{
    private const int Narratives = 134_000,
        Images = 118_000;

    [Fact(Explicit = true)]
    [Trait("Category", "Large")]
    public void The_training_split_is_indexed_and_opened_in_time()
    {
        using var folder = new TemporaryFolder();
        LargeAnnotations.Write(folder.Path, "train", Narratives, Images);
        long bytes = Directory.GetFiles(folder.File("annotations")).Sum(file => new FileInfo(file).Length);

        var watch = Stopwatch.StartNew();
        var built = PngBenchmark.Open(folder.Path, "train", annotationsOnly: true);
        double indexing = watch.Elapsed.TotalSeconds;
        long resident = ResidentMemory.Peak;
        Assert.True(built.WasIndexed);

        watch.Restart();
        var opened = PngBenchmark.Open(folder.Path, "train", annotationsOnly: true);
        double opening = watch.Elapsed.TotalSeconds;
        Assert.False(opened.WasIndexed);

        watch.Restart();
        int phrases = 0;
        for (int i = 0; i < opened.Count; i++)
            phrases += opened[i].Phrases.Count;
        double reading = watch.Elapsed.TotalSeconds;
        long index = new FileInfo(folder.File("annotations/png_coco_train2017.index")).Length;

        output.WriteLine(
            $"{bytes / 1e6:F0} MB of JSON: indexed in {indexing:F1} s, {resident / 1e6:F0} MB resident at most; index {index / 1e6:F0} MB, opened in {opening:F3} s; {opened.Count} examples with {phrases} phrases read in {reading:F2} s"
        );
        Assert.Equal((Narratives, Images, Narratives), (opened.Narratives, opened.Images, opened.Count));
        Assert.InRange(indexing, 0, 30);
        Assert.InRange(resident / 1e9, 0, 1.5);
        Assert.InRange(opening, 0, 1);
    }
}
