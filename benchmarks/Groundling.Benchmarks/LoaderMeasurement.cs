using System.Diagnostics;
using Groundling.Data;
using Groundling.Data.Scenes;

namespace Groundling.Benchmarks;

/// <summary>"loader [COUNT] [PICTURE SIDE] [NETWORK SIZE] [WORKERS] [EPOCHS]": samples a second from warm files, for PNG and for JPEG pictures.</summary>
internal static class LoaderMeasurement
{
    public static int Run(string[] args)
    {
        int[] given = [.. args.Select(int.Parse)], usual = [128, 512, 512, 2, 5];
        int[] chosen = [.. given, .. usual.Skip(given.Length)];
        var (count, side, size, workers, epochs) = (chosen[0], chosen[1], chosen[2], chosen[3], chosen[4]);
        var folder = Directory.CreateTempSubdirectory("groundling-loader-").FullName;
        try
        {
            SceneWriter.Write(folder, SceneSplit.Val, count, 1, side);
            Measure($"PNG pictures of {side} px", folder, size, workers, epochs);
            JpegPictures.Replace(Path.Combine(folder, "images", "val2017"));
            Measure($"JPEG pictures of {side} px", folder, size, workers, epochs);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(string what, string folder, int size, int workers, int epochs)
    {
        var faults = new BenchmarkFaults();
        var examples = PngBenchmark.Open(folder, "val").Read(faults).ToList();
        var loader = new BatchLoader(examples, new BatchOptions { BatchSize = 8, Size = size, Seed = 1, Workers = workers, Ahead = 4 }, faults);
        foreach (var batch in loader.Read(0)) batch.Dispose();                  // warm: files, code, pools
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            var (watch, processor) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
            int samples = 0;
            foreach (var batch in loader.Read(epoch))
            {
                samples += batch.Samples.Count;
                batch.Dispose();
            }
            double seconds = watch.Elapsed.TotalSeconds, busy = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
            Console.WriteLine($"{what} at {size} px, {workers} workers, epoch {epoch}: {samples / seconds:F0} samples/s; {1000 * busy / samples:F2} ms of processor a sample, so {workers * samples / busy:F0} samples/s where {workers} cores are free");
        }
        Stages(what, examples, size);
        foreach (var fault in faults.Describe()) Console.WriteLine($"fault: {fault}");
    }

    private static void Stages(string what, List<BenchmarkExample> examples, int size)
    {
        double files = 0, map = 0, masks = 0, picture = 0, letterbox = 0;
        var few = examples.Take(64).ToList();
        foreach (var example in few)
        {
            files += Time(() => File.ReadAllBytes(example.PicturePath).Length + File.ReadAllBytes(example.PanopticPath).Length, out _);
            map += Time(() => PanopticMap.Load(example.PanopticPath), out var decoded);
            masks += Time(() => example.Phrases.Select(p => decoded.MaskOf([.. p.Segments.Select(s => s.Id)])).ToArray(), out _);
            picture += Time(example.LoadPicture, out var image);
            var box = Letterbox.Fit(image.Width, image.Height, size);
            letterbox += Time(() => box.ToNetwork(image), out _);
        }
        Console.WriteLine($"{what}, ms a sample on one thread: files {files / few.Count:F2}, panoptic PNG {map / few.Count:F2}, masks {masks / few.Count:F2}, picture {picture / few.Count:F2}, letterbox {letterbox / few.Count:F2}");
    }

    private static double Time<T>(Func<T> work, out T result)
    {
        var watch = Stopwatch.StartNew();
        result = work();
        return watch.Elapsed.TotalMilliseconds;
    }
}
