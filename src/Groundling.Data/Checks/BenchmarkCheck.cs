using System.Collections.Concurrent;

namespace Groundling.Data.Benchmark;

/// <summary>Reads everything a split holds and says what is wrong with it.</summary>
public static class BenchmarkCheck
{
    /// <summary>Checks annotations, and, unless told otherwise, decodes every picture and panoptic PNG on all processors.</summary>
    /// <param name="benchmark">The split.</param>
    /// <param name="annotationsOnly">Leave the pictures alone.</param>
    /// <param name="progress">Told how many pictures are to be decoded, and each time one is done.</param>
    /// <param name="cancellation">Stops the check.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static BenchmarkReport Run(
        PngBenchmark benchmark,
        bool annotationsOnly = false,
        Action<int, int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        var (faults, statistics) = (new BenchmarkFaults(), new BenchmarkStatistics());
        var images = new Dictionary<string, (BenchmarkExample Example, int Narratives)>();
        foreach (var example in annotationsOnly ? benchmark.ReadAnnotations(faults) : benchmark.Read(faults))
        {
            cancellation.ThrowIfCancellationRequested();
            statistics.Add(example, benchmark.Categories);
            var known = images.GetValueOrDefault(example.ImageId, (example, 0));
            images[example.ImageId] = (known.Item1, known.Item2 + (example.Phrases.Count > 0 ? 1 : 0));
        }
        if (annotationsOnly)
            return new BenchmarkReport(images.Values.Sum(i => i.Narratives), 0, faults, statistics);

        int done = 0,
            usable = 0;
        var voids = new ConcurrentBag<double>();
        Parallel.ForEach(
            images.Values,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            image =>
            {
                if (Check(image.Example, faults, voids))
                    Interlocked.Add(ref usable, image.Narratives);
                int count = Interlocked.Increment(ref done);
                progress?.Invoke(count, images.Count);
            }
        );
        foreach (double share in voids)
            statistics.VoidShares.Add(share);
        return new BenchmarkReport(usable, done, faults, statistics);
    }

    private static bool Check(BenchmarkExample example, BenchmarkFaults faults, ConcurrentBag<double> voids)
    {
        var kind = FaultKind.UnreadableMap;
        try
        {
            var map = PanopticMap.Load(example.PanopticPath);
            kind = FaultKind.UnreadablePicture;
            var picture = example.LoadPicture();
            if (!example.HasOneSize(picture.Width, picture.Height, map, faults))
                return false;
            foreach (var segment in example.Segments)
                example.CheckArea(segment, map, faults);
            foreach (int id in map.Areas.Keys.Except(example.Segments.Select(s => s.Id)))
                faults.Add(FaultKind.UnlistedSegment, $"{example.PanopticPath}, id {id}: {map.Areas[id]} pixels");
            voids.Add(map.VoidPixels / ((double)map.Width * map.Height));
            return true;
        }
        catch (InputException e)
        {
            faults.Add(kind, e.Message);
            return false;
        }
    }
}
