using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.Editing;
using Groundling.Tests.Data;

namespace Groundling.Tests.Editing;

/// <summary>Pictures of one's own, begun and edited.</summary>
internal static class EditingData
{
    public const int Width = 40,
        Height = 30;

    /// <summary>Two pictures, of which the first has a caption.</summary>
    /// <returns>The benchmark's folder.</returns>
    public static string Begin(TemporaryFolder folder, string caption = "a red barn and two dogs by the sea")
    {
        folder.Write("pictures/barn.png", TinyModel.Gradient(Width, Height).EncodePng());
        folder.Write("pictures/barn.txt", caption);
        folder.Write("pictures/lake.png", TinyModel.Gradient(Height, Width).EncodePng());
        var data = folder.File("data");
        NewBenchmark.Write(data, "val", [folder.File("pictures/barn.png"), folder.File("pictures/lake.png")]);
        return data;
    }

    public static RunLengthMask Box(int x, int y, int width, int height, int columns = Width, int rows = Height) =>
        RunLengthMask.FromBox(new(x, y, width, height), columns, rows);

    /// <summary>Reads the data as everybody does; there is no fault in them, but for captions that nobody has written yet.</summary>
    public static List<BenchmarkExample> Sound(string data)
    {
        var benchmark = PngBenchmark.Open(data, "val");
        var faults = new BenchmarkFaults();
        List<BenchmarkExample> examples = [.. benchmark.Read(faults)];
        Assert.Empty(faults.Kinds.Except([FaultKind.EmptyCaption]));
        Assert.Empty(BenchmarkCheck.Run(benchmark).Faults.Kinds.Except([FaultKind.EmptyCaption]));
        return examples;
    }
}
