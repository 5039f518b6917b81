using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

public class GroundingPipelineTests(TinyModel tiny)
{
    private static readonly Caption TwoPhrases = Caption.ParseBrackets("[a man] on [a grey horse]");

    [Theory]
    [InlineData(90, 60)]
    [InlineData(33, 128)]
    [InlineData(200, 10)]
    [InlineData(64, 64)]
    public void Masks_have_the_pictures_size(int width, int height)
    {
        var grounding = Ground(TinyModel.Gradient(width, height), 0.2);
        Assert.Equal(["a man", "a grey horse"], grounding.Phrases.Select(phrase => phrase.Span.Text));
        Assert.All(grounding.Phrases, phrase => Assert.Equal((width, height), (phrase.Mask.Width, phrase.Mask.Height)));
    }

    [Fact]
    public void A_higher_threshold_keeps_a_part_of_the_mask()
    {
        var picture = TinyModel.Gradient(90, 60);
        var (lowest, highest) = Range(picture);
        List<Grounding> steps =
        [
            .. Enumerable.Range(0, 6).Select(i => Ground(picture, Math.Clamp(lowest + (highest - lowest) * i / 5, 0, 0.999))),
        ];
        foreach (var (low, high) in steps.Zip(steps.Skip(1)))
        foreach (var (wide, narrow) in low.Phrases.Zip(high.Phrases))
        {
            Assert.True(narrow.Mask.Area <= wide.Mask.Area);
            Assert.Equal(0, narrow.Mask.ToBytes().Zip(wide.Mask.ToBytes()).Count(pair => pair.First > pair.Second));
            Assert.True(narrow.Mask.Area == 0 || narrow.Score >= wide.Score);
        }
        Assert.True(steps[^1].Phrases.Sum(phrase => phrase.Mask.Area) < steps[0].Phrases.Sum(phrase => phrase.Mask.Area));
        Assert.All(Ground(picture, 0).Phrases, phrase => Assert.Equal(90 * 60, phrase.Mask.Area));
    }

    [Fact]
    public async Task Disposing_waits_for_the_pass_that_runs_and_refuses_the_next()
    {
        for (var i = 0; i < 10; i++)
        {
            var pipeline = GroundingPipeline.Open(tiny.Path);
            var untrained = pipeline.WithoutTrainedParts();
            using var areUnderWay = new CountdownEvent(2);
            var threads = new[] { pipeline, untrained }.Select(used => Task.Run(() => GroundForever(used))).ToList();
            Assert.True(areUnderWay.Wait(TimeSpan.FromMinutes(1)));
            pipeline.Dispose();
            foreach (var thread in threads)
                Assert.Equal(
                    typeof(GroundingPipeline).FullName,
                    (await Assert.ThrowsAsync<ObjectDisposedException>(() => thread)).ObjectName
                );
            untrained.Dispose();
            pipeline.Dispose(); // once more does nothing

            void GroundForever(GroundingPipeline used)
            {
                for (var pass = 0; ; pass++)
                {
                    used.Ground(TinyModel.Gradient(128, 128), TwoPhrases, new() { Size = 128 });
                    if (pass == 0)
                        areUnderWay.Signal();
                }
            }
        }
    }

    [Fact]
    public void The_score_is_the_mean_probability_inside_the_mask()
    {
        using var scope = NewDisposeScope();
        var picture = TinyModel.Gradient(128, 64); // its own size, so that nothing is resized
        using var trace = tiny.Pipeline.Trace(picture, TwoPhrases, new() { Size = 0 });
        var probabilities = tiny.Pipeline.Probabilities(trace);
        var threshold = Thresholds.FarFromAll(probabilities[0]);
        var phrase = tiny.Pipeline.Ground(picture, TwoPhrases, new() { Size = 0, Threshold = threshold }).Phrases[0];
        var inside = probabilities[0].flatten().data<float>().Where(value => value > threshold).ToList();
        Assert.InRange(inside.Count, 1, 128 * 64 - 1);
        Assert.Equal(inside.Count, phrase.Mask.Area);
        Assert.Equal(inside.Average(), phrase.Score, 1e-5);
    }

    [Fact]
    public void An_empty_mask_has_no_score()
    {
        using var folder = new TemporaryFolder();
        using (var model = TinyGrounding.Build(tiny))
            GroundingFolder.Save(folder.File("trained"), model);
        using var pipeline = GroundingPipeline.Open(
            new GroundingPipelineOptions { ModelFolder = tiny.Path, TrainedParts = TrainedParts.In(folder.File("trained")) }
        );
        Assert.All(
            pipeline.Ground(TinyModel.Gradient(64, 64), TwoPhrases, new() { Size = 64, Threshold = 0.9999 }).Phrases,
            phrase => Assert.Equal((0, 0), (phrase.Mask.Area, phrase.Score))
        );
    }

    [Fact]
    public async Task Two_threads_get_what_one_gets()
    {
        var pictures = Enumerable.Range(0, 6).Select(i => TinyModel.Gradient(60 + 10 * i, 70, shift: 40 * i)).ToList();
        var expected = pictures.Select(picture => Words(Ground(picture, 0.3))).ToList();
        Assert.Equal(expected.Count, expected.Distinct().Count());
        using var fresh = GroundingPipeline.Open(tiny.Path); // so that both threads meet weights that are not packed yet
        var results = new string[pictures.Count];
        await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(thread =>
                    Task.Run(() =>
                    {
                        for (var i = thread; i < pictures.Count; i += 2)
                            results[i] = Words(fresh.Ground(pictures[i], TwoPhrases, new() { Size = 64, Threshold = 0.3 }));
                    })
                )
        );
        Assert.Equal(expected, results);

        static string Words(Grounding grounding) =>
            string.Join(' ', grounding.Phrases.Select(phrase => $"{phrase.Score:F4} {phrase.Mask.ToCompressed()}"));
    }

    [Fact]
    public void Many_phrases_are_grounded_as_few_are_not_one_by_one()
    {
        // More phrases than are enlarged at once: each must get its own probability map.
        var caption = Caption.FromPhrases(null, Enumerable.Range(0, 150).Select(i => $"thing {i}"));
        var picture = TinyModel.Gradient(64, 64);
        using var scope = NewDisposeScope();
        using var trace = tiny.Pipeline.Trace(picture, caption, new() { Size = 0 });
        var probabilities = tiny.Pipeline.Probabilities(trace);
        var threshold = probabilities.mean().item<float>();
        var grounding = tiny.Pipeline.Ground(picture, caption, new() { Size = 0, Threshold = threshold });
        Assert.Equal(150, grounding.Phrases.Count);
        Assert.Equal(
            probabilities.gt((double)threshold).sum([1, 2]).data<long>(),
            grounding.Phrases.Select(phrase => (long)phrase.Mask.Area)
        );
    }

    [Fact]
    public void Padding_of_the_input_is_no_part_of_the_mask()
    {
        using var scope = NewDisposeScope();
        var picture = TinyModel.Gradient(100, 40); // in an input of 128 x 64
        using var trace = tiny.Pipeline.Trace(picture, TwoPhrases, new() { Size = 0 });
        var probabilities = tiny.Pipeline.Probabilities(trace);
        Assert.Equal([2, 64, 128], probabilities.shape);
        var threshold = Thresholds.FarFromAll(probabilities[0, ..40, ..100]);
        var mask = tiny.Pipeline.Ground(picture, TwoPhrases, new() { Size = 0, Threshold = threshold }).Phrases[0].Mask;
        Assert.Equal(probabilities[0, ..40, ..100].gt(threshold).to(uint8).contiguous().data<byte>(), mask.ToBytes());
    }

    [Fact]
    public void A_cancelled_token_stops_the_work()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            tiny.Pipeline.Ground(TinyModel.Gradient(64, 64), TwoPhrases, new() { Size = 64 }, stop.Token)
        );
        Assert.NotEmpty(Ground(TinyModel.Gradient(64, 64), 0.5).Phrases); // and the pipeline still works
    }

    [Fact]
    public void Cancelling_within_the_UNet_leaves_no_tensor_behind()
    {
        var picture = TinyModel.Gradient(64, 64);
        _ = Ground(picture, 0.5);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        _ = Ground(picture, 0.5);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        using (var scope = NewDisposeScope())
        using (no_grad())
        {
            using var prompt = new StaticPrompt(new(zeros(1, 4, 8, 8), ones(1, 2, 64), ones(1, 64), null) { Cancellation = stop.Token });
            Assert.ThrowsAny<OperationCanceledException>(() =>
                tiny.Pipeline.Diffusion.UNet.call(ones(1, 4, 8, 8), ones(1, dtype: int64), prompt)
            );
            Assert.Empty(prompt.Maps);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_pipeline_opened_inside_a_dispose_scope_outlives_it()
    {
        GroundingPipeline pipeline;
        using (NewDisposeScope())
            pipeline = GroundingPipeline.Open(tiny.Path);
        using (pipeline)
            Assert.Equal(2, pipeline.Ground(TinyModel.Gradient(64, 64), TwoPhrases, new() { Size = 64 }).Phrases.Count);
    }

    [Theory]
    [InlineData(63, 0.5)]
    [InlineData(-1, 0.5)]
    [InlineData(4097, 0.5)]
    [InlineData(64, 1.0)]
    [InlineData(64, -0.1)]
    [InlineData(64, double.NaN)]
    public void Options_out_of_range_are_refused(int size, double threshold) =>
        Assert.Contains(
            "out of range",
            Assert
                .Throws<InputException>(() =>
                    tiny.Pipeline.Ground(TinyModel.Gradient(8, 8), TwoPhrases, new() { Size = size, Threshold = threshold })
                )
                .Message
        );

    [Fact]
    public void Without_a_size_the_models_own_is_taken()
    {
        Assert.Equal(256, tiny.Pipeline.NativeSize); // 32 latents of 8 pixels
        using var trace = tiny.Pipeline.Trace(TinyModel.Gradient(100, 50), TwoPhrases);
        Assert.Equal([1, 3, 128, 256], trace.Image.shape);
    }

    [Fact]
    public void Parts_that_were_trained_at_another_size_than_the_frozen_model_say_so()
    {
        using var folder = new TemporaryFolder();
        using (var model = TinyGrounding.Build(tiny, TinyGrounding.Config with { Size = 128 }))
            GroundingFolder.Save(folder.File("trained"), model);
        using var pipeline = GroundingPipeline.Open(
            new GroundingPipelineOptions { ModelFolder = tiny.Path, TrainedParts = TrainedParts.In(folder.File("trained")) }
        );
        Assert.Equal(128, pipeline.NativeSize);
        using var trace = pipeline.Trace(TinyModel.Gradient(100, 50), TwoPhrases);
        Assert.Equal([1, 3, 64, 128], trace.Image.shape);
    }

    private Grounding Ground(Picture picture, double threshold) =>
        tiny.Pipeline.Ground(picture, TwoPhrases, new() { Size = 64, Threshold = threshold });

    private (double Lowest, double Highest) Range(Picture picture)
    {
        using var scope = NewDisposeScope();
        using var trace = tiny.Pipeline.Trace(picture, TwoPhrases, new() { Size = 64 });
        var probabilities = tiny.Pipeline.Probabilities(trace);
        return (probabilities.min().item<float>(), probabilities.max().item<float>());
    }
}
