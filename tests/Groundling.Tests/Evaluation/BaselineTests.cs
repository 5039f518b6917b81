using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Groundling.Tests.Data;

namespace Groundling.Tests.Evaluation;

/// <summary>Baselines and the model on small data.</summary>
public sealed class BaselineTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_whole_image_covers_a_known_share()
    {
        var results = Results(EvaluationData.ByHand(_folder), new WholeImageBaseline(64), ResolutionProtocol.Original);
        var result = Assert.Single(results);
        Assert.Equal(
            (1, "42", 8, 4, 1, false),
            (result.Narrative, result.ImageId, result.Width, result.Height, result.WrongAreas, result.OtherSize)
        );
        Assert.Equal(["the sky", "<people>"], result.Phrases.Select(p => p.Text));
        Assert.Equal([0, 3], result.Phrases.Select(p => p.Phrase)); // those left out keep their numbers
        Assert.Equal([8.0 / 32, 6.0 / 32], result.Phrases.Select(p => p.IoU));
        Assert.Equal([1, 2], result.Phrases.Select(p => p.Segments));
        Assert.All(result.Phrases, p => Assert.Equal(32, p.PredictedPixels));
    }

    [Fact]
    public void The_report_counts_groups_and_faults()
    {
        var benchmark = PngBenchmark.Open(EvaluationData.ByHand(_folder), "val");
        var faults = new BenchmarkFaults();
        var evaluator = new Evaluator(benchmark, ResolutionProtocol.Original);
        using var whole = new WholeImageBaseline(64);
        var results = evaluator.Cases(faults).Select(c => evaluator.Evaluate(c, whole, 0.5)).ToList();
        var settings = new EvaluationSettings("whole image", null, null, new("data", "0"), "val", "original", "png", 64, 0.5, null);
        var report = EvaluationReport.From(settings, results, faults, benchmark.Categories);
        Assert.Equal(new EvaluationCounts(1, 1, 2, 1, 1, 1, 1, 0), report.Counts);
        Assert.Equal(new GroupFigures(7.0 / 32, 6.0 / 32, 8.0 / 32, 8.0 / 32, 6.0 / 32), report.MeanIou);
        Assert.Equal(0.25001, report.AverageRecall.Stuff!.Value, 1e-12);
        Assert.Equal(new GroupFigures(0, 0, 0, 0, 0), report.ShareAboveHalf);
        Assert.Equal(["person", "sky-other-merged"], report.Categories.Select(c => c.Name));
        Assert.Equal(6, report.Faults.Count); // caption, picture, segment, its phrase, utterance, area
    }

    [Fact]
    public void A_group_of_none_has_no_figures()
    {
        var settings = new EvaluationSettings("m", null, null, new("data", "0"), "val", "original", "png", 64, 0.5, null);
        var one = new NarrativeResult(0, "1", 2, 2, 0, false, [new(0, "a", 0, 1, false, true, 9, 0, 0, 0, false, null)]);
        var report = EvaluationReport.From(settings, [one], new BenchmarkFaults(), new Dictionary<int, PanopticCategory>());
        Assert.Equal(1e-5, report.AverageRecall.Overall!.Value, 1e-12); // an empty union counts as 0
        Assert.Null(report.AverageRecall.Stuff);
        Assert.Contains("\"stuff\": null", report.ToJson());
    }

    [Theory]
    [InlineData("original")]
    [InlineData("ppmn")]
    public void Oracles_beat_chance(string protocol)
    {
        var data = EvaluationData.Scenes(_folder);
        double Recall(IPhraseSegmenter segmenter)
        {
            using (segmenter)
                return AverageRecall
                    .Of(Results(data, segmenter, ResolutionProtocol.Named(protocol)).SelectMany(r => r.Phrases).Select(p => p.IoU))!
                    .Value;
        }
        var (quarter, eighth, chance) = (
            Recall(new OracleBaseline(256, 4)),
            Recall(new OracleBaseline(256, 8)),
            Recall(new RandomBaseline(256))
        );
        Assert.InRange(quarter, protocol == "original" ? 0.9 : 0.7, 1);
        Assert.InRange(eighth, 0.5, quarter);
        Assert.InRange(chance, 1e-5, 0.3);
        Assert.Equal(chance, Recall(new RandomBaseline(256)));
        Assert.NotEqual(chance, Recall(new RandomBaseline(256, seed: 1)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(MaskHead.Refined)]
    public void A_model_is_judged_by_the_masks_that_it_shows(MaskHead? head)
    {
        var benchmark = PngBenchmark.Open(EvaluationData.Scenes(_folder, 2), "val");
        var evaluator = new Evaluator(benchmark, ResolutionProtocol.Original);
        var segmenter = new PipelineSegmenter(tiny.Pipeline, 64, head); // not disposed: the pipeline is shared
        foreach (var given in evaluator.Cases(new BenchmarkFaults()))
        {
            var shown = tiny.Pipeline.Ground(
                given.Picture,
                given.Example.Caption,
                new()
                {
                    Size = 64,
                    Threshold = 0.2,
                    Head = head,
                }
            );
            var judged = evaluator.Evaluate(given, segmenter, 0.2);
            Assert.Equal(shown.Phrases.Select(p => p.Mask.ToCompressed()), judged.Phrases.Select(p => p.Counts!));
            Assert.Equal(shown.Phrases.Zip(given.Truth, (p, truth) => p.Mask.IoU(truth)), judged.Phrases.Select(p => p.IoU));
        }
    }

    [Fact]
    public void Alone_phrases_are_judged_by_what_each_one_gives_as_a_caption()
    {
        var benchmark = PngBenchmark.Open(EvaluationData.Scenes(_folder, 1), "val");
        var evaluator = new Evaluator(benchmark, ResolutionProtocol.Original);
        var segmenter = new PipelineSegmenter(tiny.Pipeline, 64, bare: true); // not disposed: the pipeline is shared
        Assert.EndsWith("; phrases alone", segmenter.Name);
        var given = evaluator.Cases(new BenchmarkFaults()).Single();
        Assert.True(given.Example.Caption.Phrases.Count > 1);
        var shown = given.Example.Caption.Phrases.Select(phrase =>
            tiny.Pipeline.Ground(given.Picture, Caption.FromPhrases(null, [phrase.Text]), new() { Size = 64, Threshold = 0.2 })
        );
        Assert.Equal(
            shown.Select(one => one.Phrases.Single().Mask.ToCompressed()),
            evaluator.Evaluate(given, segmenter, 0.2).Phrases.Select(p => p.Counts!)
        );
    }

    [Fact]
    public void Real_pictures_are_judged_from_end_to_end()
    {
        using var folder = new TemporaryFolder();
        var data = Shared.CopyOf("samples/coco-panoptic", folder.Path);
        var whole = Results(data, new WholeImageBaseline(512), ResolutionProtocol.Original);
        Assert.Equal(22, whole.Sum(r => r.Phrases.Count));
        Assert.All(whole, r => Assert.Equal(0, r.WrongAreas));
        foreach (var phrase in whole.SelectMany(r => r.Phrases))
            Assert.Equal((double)phrase.TruthPixels / phrase.PredictedPixels, phrase.IoU);
        Assert.InRange(
            Results(data, new OracleBaseline(512, 4), ResolutionProtocol.Original).SelectMany(r => r.Phrases).Average(p => p.IoU),
            0.93,
            1
        );
    }

    private static List<NarrativeResult> Results(string data, IPhraseSegmenter segmenter, ResolutionProtocol protocol)
    {
        var evaluator = new Evaluator(PngBenchmark.Open(data, "val"), protocol);
        return [.. evaluator.Cases(new BenchmarkFaults()).Select(c => evaluator.Evaluate(c, segmenter, 0.5))];
    }
}
