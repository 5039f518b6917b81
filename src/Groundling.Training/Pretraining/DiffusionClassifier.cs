using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Training;

/// <summary>
/// Whether a UNet knows words, asked without any mask: which word makes the noise in a picture's latents easiest to find (Li et al. 2023).
/// </summary>
/// <param name="schedule">How noise grows.</param>
/// <param name="prediction">What the UNet's output means.</param>
/// <param name="tokenizer">Text to tokens.</param>
/// <param name="text">The text encoder.</param>
/// <param name="rounds">
/// Draws of noise at each of the times in a round, and how many words go on to the next one: most are ruled out by a few draws, and near
/// ones need many (Li et al. 2023, algorithm 2). The usual ones where null; the last keeps one word.
/// </param>
public sealed class DiffusionClassifier(
    NoiseSchedule schedule,
    PredictionType prediction,
    ClipTokenizer tokenizer,
    TextEncoder text,
    IReadOnlyList<(int Draws, int Kept)>? rounds = null
)
{
    private static readonly double[] Times = [0.275, 0.425, 0.575, 0.725]; // where noise hides what a thing is, but not all of it

    private static readonly (int Draws, int Kept)[] UsualRounds = [(1, 6), (3, 2), (12, 1)];
    private readonly CaptionRows _empty = CaptionRows.Of(tokenizer, text.Config.Positions, "");

    /// <summary>
    /// The share of questions that are answered rightly. The same noise is given to all words of a question, and each time.
    /// </summary>
    /// <param name="unet">The UNet.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="latents">[1, C, h, w] of unit variance, of the picture at a row; disposed here.</param>
    /// <param name="stop">Stops between questions.</param>
    /// <returns>Null where there are no questions.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public double? Accuracy(UNet unet, IReadOnlyList<WordQuestion> questions, Func<int, Tensor> latents, CancellationToken stop)
    {
        var right = 0;
        foreach (var question in questions)
        {
            stop.ThrowIfCancellationRequested();
            if (Answer(unet, question, latents) == question.Right)
                right++;
        }
        return questions.Count == 0 ? null : (double)right / questions.Count;
    }

    private int Answer(UNet unet, WordQuestion question, Func<int, Tensor> latents)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)question.Row);
        var clean = latents(question.Row); // [1, C, h, w]
        var captions = question.Captions.Select(caption =>
            (new Caption(caption, []), CaptionRows.Of(tokenizer, text.Config.Positions, caption), PromptKind.Words)
        );
        var (states, mask) = new PromptBatch(captions, _empty).Encode(text); // [W, K, Ct]
        var errors = new double[question.Captions.Count];
        int[] left = [.. Enumerable.Range(0, errors.Length)];
        foreach (var (draws, kept) in rounds ?? UsualRounds)
        {
            for (var draw = 0; draw < draws; draw++)
                foreach (var (word, error) in left.Zip(Errors(unet, clean, generator, states, mask, left)))
                    errors[word] += error;
            left = [.. left.OrderBy(word => errors[word]).Take(kept)];
        }
        return left[0];
    }

    /// <summary>The squared errors of some words, summed over the times, all with the same noise.</summary>
    private double[] Errors(UNet unet, Tensor clean, Generator generator, Tensor states, Tensor? mask, int[] words)
    {
        using var scope = NewDisposeScope();
        var draws = Times.Length;
        var many = clean.expand(draws, -1, -1, -1);
        var times = tensor(Times.Select(share => (long)(share * schedule.Steps)).ToArray(), device: clean.device);
        var noise = LatentNoise.Like(many, generator);
        var noised = schedule.AddNoise(many, noise, times).repeat(words.Length, 1, 1, 1); // [W T, C, h, w], all times of a word together
        var target = schedule.Target(many, noise, times, prediction).repeat(words.Length, 1, 1, 1);
        var chosen = tensor(words.Select(word => (long)word).ToArray(), device: clean.device).repeat_interleave(draws); // [W T]
        using var output = unet.call(
            noised,
            times.repeat(words.Length),
            new TextPrompt(states.index_select(0, chosen), mask?.index_select(0, chosen))
        );
        var errors = (output.Prediction - target).Squared().mean([1, 2, 3]).view(words.Length, draws).sum([1]).to(float64); // [W]
        return errors.cpu().data<double>().ToArray();
    }
}
