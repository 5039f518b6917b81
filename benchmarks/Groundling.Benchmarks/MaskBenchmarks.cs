using BenchmarkDotNet.Attributes;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Scenes;

namespace Groundling.Benchmarks;

/// <summary>A panoptic map of 640 x 640 taken apart, united, and brought to the network's grid.</summary>
[MemoryDiagnoser]
public class MaskBenchmarks
{
    private const int Side = 640;
    private readonly Letterbox _letterbox = Letterbox.Fit(Side, Side, 512);
    private int[] _ids = [];
    private int[] _segments = [];
    private PanopticMap _map = null!;
    private RunLengthMask _mask = null!;

    /// <summary>One scene.</summary>
    [GlobalSetup]
    public void Draw()
    {
        var scene = new SceneGenerator(Side).Generate(1, 3, SceneSplit.Val);
        _ids = scene.SegmentIds;
        _map = PanopticMap.FromIds(_ids, Side, Side);
        _segments = [.. _map.Areas.Keys];
        _mask = _map.MaskOf([.. _segments.Take(2)]);
    }

    /// <summary>Ids to runs.</summary>
    [Benchmark]
    public PanopticMap TakeApart() => PanopticMap.FromIds(_ids, Side, Side);

    /// <summary>The mask of every segment.</summary>
    [Benchmark]
    public long EverySegment() => _segments.Sum(id => _map.MaskOf([id]).Area);

    /// <summary>The union of all segments.</summary>
    [Benchmark]
    public RunLengthMask Union() => _map.MaskOf(_segments);

    /// <summary>Picture to a quarter of the network's grid.</summary>
    [Benchmark]
    public RunLengthMask ToNetwork() => _letterbox.ToNetwork(_mask, 4);

    /// <summary>To the network's grid and back.</summary>
    [Benchmark]
    public RunLengthMask ThereAndBack() => _letterbox.ToPicture(_letterbox.ToNetwork(_mask));
}
