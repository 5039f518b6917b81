using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>What <c>groundling evaluate</c> asks of a model beside its masks.</summary>
/// <param name="model">The model.</param>
/// <param name="benchmark">The data.</param>
/// <param name="evaluator">Reads their narratives with ground truth.</param>
/// <param name="limit">Of how many narratives; all where null.</param>
/// <param name="messages">Where progress is shown.</param>
/// <param name="quiet">Whether it is not.</param>
/// <param name="cancellation">Stops.</param>
internal sealed class ModelMeasures(
    PipelineSegmenter model,
    PngBenchmark benchmark,
    Evaluator evaluator,
    int? limit,
    TextWriter messages,
    bool quiet,
    CancellationToken cancellation
)
{
    /// <summary>Of a model without trained parts, how well its attention knows where things are.</summary>
    public IReadOnlyList<AttentionFigures>? Attention()
    {
        if (model.Trained is not null)
            return null;
        var count = Math.Min(AttentionRanking.Narratives, limit ?? AttentionRanking.Narratives);
        return Shown(
            "ranking attention",
            count,
            progress => model.Attention(Told(evaluator.Cases(new BenchmarkFaults(), count), progress), cancellation)
        );
    }

    /// <summary>Whether phrases of what is not there are told from those of what is.</summary>
    /// <param name="count">How many narratives there are.</param>
    public AbsentFigures Absent(int count)
    {
        IEnumerable<EvaluationCase> Cases() => evaluator.Cases(new BenchmarkFaults(), limit);
        var absent = new AbsentPhrases(Cases().Select(given => given.Example));
        return Shown("asking for what is not there", count, progress => model.Absent(Told(Cases(), progress), absent, cancellation));
    }

    /// <summary>Whether the frozen model knows the nouns and colours of pictures of one thing.</summary>
    public IReadOnlyList<WordFigures> Words()
    {
        var examples = benchmark.Read(new BenchmarkFaults()).Take(limit ?? int.MaxValue).ToList();
        var (kinds, diffusion) = (WordQuestions.Of(examples, benchmark.Categories), model.Diffusion);
        var classifier = new DiffusionClassifier(diffusion.Schedule, diffusion.Prediction, diffusion.Tokenizer, diffusion.Text);
        return Shown(
            "asking for words",
            kinds.Sum(kind => kind.Questions.Count),
            progress =>
            {
                var asked = 0;
                return kinds
                    .Select(kind => new WordFigures(
                        kind.Kind,
                        kind.Choices,
                        kind.Questions.Count,
                        classifier.Accuracy(diffusion.UNet, kind.Questions, LatentsOf, cancellation)
                    ))
                    .ToList();

                Tensor LatentsOf(int row)
                {
                    progress(asked++);
                    return model.Latents(examples[row].LoadPicture(), cancellation);
                }
            }
        );
    }

    private T Shown<T>(string what, int count, Func<Action<double>, T> measure)
    {
        T? figures = default;
        Terminal.WithProgress(messages, quiet, what, count, progress => figures = measure(progress));
        return figures!;
    }

    /// <summary>The cases, each told of as it begins.</summary>
    private static IEnumerable<EvaluationCase> Told(IEnumerable<EvaluationCase> cases, Action<double> progress)
    {
        foreach (var (done, given) in cases.Index())
        {
            progress(done);
            yield return given;
        }
    }
}
