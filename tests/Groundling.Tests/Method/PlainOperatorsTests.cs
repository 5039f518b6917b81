using Groundling.Data.Benchmark;
using Groundling.Models;
using Groundling.Scenes;
using Groundling.Tests.Data;
using Groundling.Torch;

namespace Groundling.Tests.Method;

/// <summary>
/// What kernels and rearranged weights find is what libtorch's own operators find. Alone in the process, all of which computes plainly
/// meanwhile.
/// </summary>
[CollectionDefinition(nameof(PlainOperatorsTests), DisableParallelization = true)]
[Collection(nameof(PlainOperatorsTests))]
public sealed class PlainOperatorsTests
{
    private const double Least = 0.999; // IoU
    private const long EdgePixels = 2; // of a mask too small for that

    [Theory]
    [InlineData(4)]
    [InlineData(50, Explicit = true)]
    public void Masks_of_scenes_are_the_same(int count)
    {
        using var folder = new TemporaryFolder();
        SceneWriter.Write(folder.Path, SceneSplit.Val, count, seed: 91, size: 256, degreeOfParallelism: 1);
        AssertSame(folder.Path);
    }

    [Fact]
    public void Masks_of_photographs_are_the_same()
    {
        using var folder = new TemporaryFolder();
        AssertSame(Shared.CopyOf("samples/coco-panoptic", folder.Path));
    }

    private static void AssertSame(string data)
    {
        using var fast = Open(Rearrangement.ManyPasses);
        using var plain = Open(Rearrangement.None);
        var phrases = 0;
        foreach (var example in PngBenchmark.Open(data, "val").Read(new()))
        {
            var (picture, caption) = (example.LoadPicture(), example.Caption);
            var found = fast.Ground(picture, caption);
            using var only = new PlainOperators();
            var expected = plain.Ground(picture, caption);
            Assert.All(
                expected.Phrases.Zip(found.Phrases),
                pair =>
                {
                    phrases++;
                    var (there, here) = (pair.First.Mask, pair.Second.Mask);
                    var common = there.IntersectionArea(here);
                    var union = there.Area + here.Area - common;
                    Assert.True(
                        union - common <= Math.Max(EdgePixels, (1 - Least) * union),
                        $"{pair.First.Span.Text}: {common} of {union}"
                    );
                }
            );
        }
        Assert.InRange(phrases, 2, int.MaxValue);
    }

    private static GroundingPipeline Open(Rearrangement rearrangement) =>
        GroundingPipeline.Open(
            new GroundingPipelineOptions
            {
                ModelFolder = SceneModel.Folder,
                Rearrangement = rearrangement,
                Device = "cpu",
                Precision = ComputePrecision.F32,
            }
        );
}
