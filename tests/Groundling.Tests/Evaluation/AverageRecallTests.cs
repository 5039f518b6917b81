using System.Text.Json;
using CsCheck;
using Groundling.Evaluation;
using Groundling.Web;

namespace Groundling.Tests.Evaluation;

public class AverageRecallTests
{
    private static readonly Gen<double[]> IoUs = Gen.Double[0, 1].Array[1, 40];

    [Fact]
    public void Agrees_with_the_reference_values()
    {
        using var cases = JsonDocument.Parse(File.ReadAllText(Fixture.Path("golden/average-recall-cases.json")));
        Assert.NotEmpty(cases.RootElement.EnumerateArray());
        foreach (var one in cases.RootElement.EnumerateArray())
            Assert.Equal(
                one.GetProperty("average_recall").GetDouble(),
                AverageRecall.Of(one.GetProperty("ious").EnumerateArray().Select(v => v.GetDouble()))!.Value,
                1e-9
            );
    }

    [Fact]
    public void Is_the_sum_over_all_thresholds() =>
        IoUs.Sample(
            ious =>
            {
                var curve = AverageRecall.Curve(ious, 100_000).Take(99_999);
                // one step: thresholds may round to either side of an IoU
                Assert.Equal(curve.Sum(p => p.Recall) * AverageRecall.Step, AverageRecall.Of(ious)!.Value, 1.001e-5);
            },
            iter: 20
        );

    [Fact]
    public void Curves_fall_from_one() =>
        IoUs.Sample(
            ious =>
            {
                var curve = AverageRecall.Curve(ious);
                Assert.Equal(101, curve.Count);
                Assert.Equal((0.0, 1.0), curve[0]);
                Assert.True(curve.Zip(curve.Skip(1)).All(pair => pair.First.Recall >= pair.Second.Recall));
                Assert.Equal((double)ious.Count(iou => iou >= 0.5) / ious.Length, curve[50].Recall);
            },
            iter: 200
        );

    [Fact]
    public void Nothing_has_no_recall()
    {
        Assert.Null(AverageRecall.Of([]));
        Assert.Empty(AverageRecall.Curve([]));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Impossible_values_are_refused(double iou) => Assert.Throws<ArgumentOutOfRangeException>(() => AverageRecall.Of([0.5, iou]));
}
