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
public sealed class DiffusionClassifier(NoiseSchedule schedule, PredictionType prediction, ClipTokenizer tokenizer, TextEncoder text)
{
    private static readonly double[] Times = [0.275, 0.425, 0.575, 0.725]; // where noise hides what a thing is, but not all of it
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

    private long Answer(UNet unet, WordQuestion question, Func<int, Tensor> latents)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var generator = new Generator((ulong)question.Row);
        var (words, draws) = (question.Captions.Count, Times.Length);
        var clean = latents(question.Row).expand(draws, -1, -1, -1);
        var times = tensor(Times.Select(share => (long)(share * schedule.Steps)).ToArray(), device: clean.device);
        var noise = LatentNoise.Like(clean, generator);
        var noised = schedule.AddNoise(clean, noise, times).repeat(words, 1, 1, 1); // [W T, C, h, w], all times of a word together
        var target = schedule.Target(clean, noise, times, prediction).repeat(words, 1, 1, 1);
        var captions = question.Captions.Select(caption =>
            (new Caption(caption, []), CaptionRows.Of(tokenizer, text.Config.Positions, caption), PromptKind.Words)
        );
        var (states, mask) = new PromptBatch(captions, _empty).Encode(text); // [W, K, Ct]
        using var output = unet.call(
            noised,
            times.repeat(words),
            new TextPrompt(states.repeat_interleave(draws, 0), mask?.repeat_interleave(draws, 0))
        );
        var errors = (output.Prediction - target).Squared().mean([1, 2, 3]).view(words, draws).mean([1]); // [W]
        return errors.argmin().item<long>();
    }
}
