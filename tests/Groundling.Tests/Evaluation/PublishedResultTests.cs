using Groundling.Data.Benchmark;
using Groundling.Evaluation;

namespace Groundling.Tests.Evaluation;

/// <summary>Where other people's figures stand beside one's own.</summary>
public sealed class PublishedResultTests
{
    private static readonly EvaluationSettings Whole = NoisyMethod.Settings;

    private static Dictionary<int, PanopticCategory> Coco { get; } =
        Enumerable
            .Range(1, 133)
            .Select(id => new PanopticCategory(id, id == 1 ? "person" : $"c{id}", "", true))
            .Where(c => c.Id is not (132 or 133))
            .Append(new(184, "tree-merged", "plant", false))
            .Append(new(200, "rug-merged", "textile", false))
            .ToDictionary(c => c.Id);

    [Fact]
    public void They_stand_where_the_data_are_cocos_validation_narratives()
    {
        Assert.True(PublishedResult.IsAbout(Whole, 8_500, Coco));
        Assert.False(PublishedResult.IsAbout(Whole, 20, Coco));
        Assert.False(PublishedResult.IsAbout(Whole with { Split = "train" }, 8_500, Coco));
        Assert.False(PublishedResult.IsAbout(Whole with { Limit = 8_100 }, 8_100, Coco));
        Assert.True(PublishedResult.IsAbout(Whole with { Limit = 9_000 }, 8_500, Coco));
    }

    [Fact]
    public void They_do_not_stand_beside_a_world_of_ones_own()
    {
        var other = Coco.ToDictionary();
        other[1] = new(1, "house", "building", true);
        Assert.False(PublishedResult.IsAbout(Whole, 8_500, other));
        other = Coco.ToDictionary();
        other.Remove(5);
        Assert.False(PublishedResult.IsAbout(Whole, 8_500, other));
    }

    [Fact]
    public void COCOs_own_annotations_are_known()
    {
        var benchmark = PngBenchmark.Open(Shared.CopyOf("samples/coco-panoptic", Directory.CreateTempSubdirectory().FullName), "val");
        Assert.True(PublishedResult.IsAbout(Whole, 8_500, benchmark.Categories));
    }

    [Fact]
    public void Each_says_where_it_was_read() =>
        Assert.All(PublishedResult.All, row => Assert.True(row.Source.Length > 5 && row.Percent.Overall is > 40 and < 80));
}
