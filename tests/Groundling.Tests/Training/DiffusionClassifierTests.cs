using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

public class DiffusionClassifierTests(TinyModel tiny)
{
    private static readonly string[] Nouns = ["boat", "house", "umbrella"];
    private static readonly Dictionary<int, PanopticCategory> Categories = new()
    {
        [8] = new(8, "boat", "vehicle", true),
        [113] = new(113, "sea", "water", false),
    };

    [Fact]
    public void A_question_is_the_caption_with_each_of_the_words_and_their_articles()
    {
        var question = Assert.Single(
            WordQuestion.From([MarkedExample.Of("[a boat] on [the sea].", (1, 8), (2, 113))], Categories, Nouns, 9)
        );
        Assert.Equal(["a boat on the sea.", "a house on the sea.", "an umbrella on the sea."], question.Captions);
        Assert.Equal((0, 0), (question.Row, question.Right));
        var colours = Assert.Single(
            WordQuestion.From([MarkedExample.Of("Find [an orange boat]", (1, 8))], Categories, ["red", "orange"], 9)
        );
        Assert.Equal(["Find a red boat", "Find an orange boat"], colours.Captions);
        Assert.Equal(1, colours.Right);
    }

    [Theory]
    [InlineData("[a sailboat]")] // another word
    [InlineData("[a boat] near a boat")] // said twice
    [InlineData("[a boat house]")] // which of the two?
    public void What_does_not_ask_is_no_question(string caption) =>
        Assert.Empty(WordQuestion.From([MarkedExample.Of(caption, (1, 8))], Categories, Nouns, 9));

    [Fact]
    public void Of_two_things_nothing_is_asked()
    {
        var example = MarkedExample.Of("[a boat]", (1, 8));
        Assert.Empty(
            WordQuestion.From(
                [example with { Segments = [.. example.Segments, new PanopticSegment(5, 8, 100, default, false)] }],
                Categories,
                Nouns,
                9
            )
        );
    }

    [Fact]
    public void The_answer_is_the_word_with_the_least_error_whatever_is_read_together()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var diffusion = tiny.Pipeline.Diffusion;
        string[] captions = ["a boat", "a house", "an umbrella", "the open sea"];
        using var generator = new Generator(1);
        var latents = randn([1, diffusion.UNet.Config.InChannels, 8, 8], generator: generator);
        // One word at a time, one time at a time.
        using var noises = new Generator(2);
        var times = new long[] { 275, 425, 575, 725 };
        var draws = Enumerable.Range(0, 3).Select(_ => randn([4, diffusion.UNet.Config.InChannels, 8, 8], generator: noises)).ToList();
        List<float> Errors(Tensor noise) =>
            [
                .. captions.Select(caption =>
                    times
                        .Select(
                            (time, i) =>
                            {
                                var at = tensor(new[] { time });
                                var rows = CaptionRows.Of(diffusion.Tokenizer, diffusion.Text.Config.Positions, caption);
                                var states = diffusion.Text.call(tensor(rows.Rows[0], [1, rows.Rows[0].Length]));
                                using var output = diffusion.UNet.call(
                                    diffusion.Schedule.AddNoise(latents, noise[i].unsqueeze(0), at),
                                    at,
                                    new TextPrompt(states)
                                );
                                return (
                                    output.Prediction - diffusion.Schedule.Target(latents, noise[i].unsqueeze(0), at, diffusion.Prediction)
                                )
                                    .square()
                                    .mean()
                                    .item<float>();
                            }
                        )
                        .Average()
                ),
            ];
        var errors = draws.Select(Errors).ToList();
        var first = errors[0].IndexOf(errors[0].Min());
        Assert.Equal(0.5, Accuracy(first, [(1, 1)]));
        // Two words go on after the first draw, and are told apart by all three.
        var left = Enumerable.Range(0, captions.Length).OrderBy(word => errors[0][word]).Take(2);
        Assert.Equal(0.5, Accuracy(left.MinBy(word => errors.Sum(draw => draw[word])), [(1, 2), (2, 1)]));

        double? Accuracy(int best, IReadOnlyList<(int, int)> rounds)
        {
            var classifier = new DiffusionClassifier(diffusion.Schedule, diffusion.Prediction, diffusion.Tokenizer, diffusion.Text, rounds);
            Assert.Null(classifier.Accuracy(diffusion.UNet, [], _ => latents.alias(), default));
            WordQuestion[] questions = [new(2, captions, best), new(2, captions, (best + 1) % captions.Length)];
            return classifier.Accuracy(diffusion.UNet, questions, _ => latents.alias(), default);
        }
    }
}
