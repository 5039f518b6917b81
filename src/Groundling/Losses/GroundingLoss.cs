using Groundling.Decoding;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Losses;

/// <summary>The losses of the three mask heads (Sec. 3.4): means over grounded phrases, then over a head's blocks or layers.</summary>
/// <param name="config">Weights and sampling.</param>
/// <param name="draw">Where the points come from, for the grounded phrases that are not absent, in the order of the batch.</param>
public sealed class GroundingLoss(LossConfig config, PointDraw draw)
{
    /// <param name="config">Weights and sampling.</param>
    /// <param name="generator">Where the points come from; a seeded one makes a step repeatable.</param>
    public GroundingLoss(LossConfig config, Generator generator)
        : this(config, PointSampling.From(generator)) { }

    /// <summary>Compares an output with its target.</summary>
    /// <param name="output">The three heads' masks; the caller keeps them.</param>
    /// <param name="target">What they should be; the caller keeps it.</param>
    /// <returns>Zero, with gradients of zero, where nothing is grounded; the caller owns it.</returns>
    public GroundingLosses Compute(GroundingOutput output, GroundingTarget target)
    {
        using var scope = NewDisposeScope();
        // [n] places among B N, and [m] those with a mask; counted where no card is waited for
        var told = target.Grounded.cpu();
        var grounded = Places(told);
        var present = target.Absent is null ? grounded : Places(told.logical_and(target.Absent.cpu().logical_not()));
        var share = grounded.shape[0] == 0 ? 1 : (double)present.shape[0] / grounded.shape[0]; // means are over all grounded phrases
        var masks = Select(target.Masks, present).to(output.Diffusion.dtype); // [m, H, W]
        var classes = Select(target.Classes, grounded); // [n]
        var parts = new Dictionary<string, Tensor>();
        var terms = new List<(Tensor Value, double Weight)>();
        if (config.Diffusion > 0)
        {
            parts["diffusion"] = OfAll(Diffusion(Select(output.Diffusion, present), masks));
            terms.Add((parts["diffusion"], config.Diffusion));
        }
        IReadOnlyList<MaskPrediction> adapter = output.Adapter is null ? [] : [.. output.AdapterBlocks, output.Adapter];
        foreach (
            var (name, weight, predictions) in new[] { ("adapter", config.Adapter, adapter), ("decoder", config.Decoder, output.Decoder) }
        )
        {
            if (weight == 0 || predictions.Count == 0)
                continue;
            var (category, crossEntropy, dice) = Mean(predictions, grounded, present, masks, classes);
            (crossEntropy, dice) = (OfAll(crossEntropy), OfAll(dice));
            foreach (var (part, value) in PartsOf(name).Zip([category, crossEntropy, dice]))
                parts[part] = value;
            terms.AddRange([(category, weight * config.Class), (crossEntropy, weight * config.CrossEntropy), (dice, weight * config.Dice)]);
        }
        var total =
            terms.Count > 0
                ? HeldScalars.WeightedSum(terms)
                : zeros(1, dtype: output.Diffusion.dtype, device: output.Diffusion.device).sum();
        return new(
            total.MoveToOuterDisposeScope(),
            parts.ToDictionary(part => part.Key, part => part.Value.detach().MoveToOuterDisposeScope())
        );

        Tensor OfAll(Tensor mean) => target.Absent is null ? mean : mean.Times(share);
        Tensor Places(Tensor chosen) => chosen.flatten().nonzero().squeeze(1).to(output.Diffusion.device);
    }

    /// <summary>What the parts of a model's losses are called, in their order.</summary>
    /// <param name="weights">Which are switched on.</param>
    /// <param name="model">Which heads there are.</param>
    public static IReadOnlyList<string> PartsOf(LossConfig weights, GroundingConfig model)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(model);
        return
        [
            .. weights.Diffusion > 0 ? ["diffusion"] : (string[])[],
            .. weights.Adapter > 0 && model.HasAdapter ? PartsOf("adapter") : [],
            .. weights.Decoder > 0 && model.HasDecoder ? PartsOf("decoder") : [],
        ];
    }

    /// <summary>Mean over masks and pixels of the binary cross-entropy of probabilities.</summary>
    /// <param name="probabilities">[n, H, W]</param>
    /// <param name="masks">[n, H', W'] 0 to 1; averaged to the probabilities' size where it is another.</param>
    /// <returns>A scalar; the caller owns it.</returns>
    public Tensor Diffusion(Tensor probabilities, Tensor masks)
    {
        using var scope = NewDisposeScope();
        if (!masks.shape.SequenceEqual(probabilities.shape) && masks.shape[0] > 0)
            masks = functional.adaptive_avg_pool2d(masks, [probabilities.shape[1], probabilities.shape[2]]);
        var safe = probabilities.Within(config.ProbabilityFloor, 1 - config.ProbabilityFloor);
        var entropy = -(masks * safe.log()).Plus(masks.OneMinus() * safe.OneMinus().log());
        return Mean(entropy).MoveToOuterDisposeScope();
    }

    /// <summary>Mean binary cross-entropy of logits at points.</summary>
    /// <param name="logits">[n, P]</param>
    /// <param name="labels">[n, P] 0 to 1.</param>
    /// <returns>A scalar; the caller owns it.</returns>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var entropy = (functional.relu(logits) - logits * labels).Plus((-logits.abs()).exp().log1p()); // no overflow for large logits
        return Mean(entropy).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// One minus twice the overlap over the sum of both, each mask's own, then their mean; 1 is added above and below for empty masks.
    /// </summary>
    /// <param name="logits">[n, P]</param>
    /// <param name="labels">[n, P] 0 to 1.</param>
    /// <returns>A scalar; the caller owns it.</returns>
    public static Tensor Dice(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var inside = logits.sigmoid();
        var overlap = (inside * labels).sum(-1).Times(2).Plus(1) / inside.sum(-1).Plus(labels.sum(-1)).Plus(1); // [n]
        return Mean(overlap.OneMinus()).MoveToOuterDisposeScope();
    }

    /// <summary>Mean cross-entropy of class logits.</summary>
    /// <param name="logits">[n, K + 1], "no class" last.</param>
    /// <param name="classes">[n] 0 to K - 1; anything else means "no class".</param>
    /// <returns>A scalar; the caller owns it.</returns>
    public static Tensor Class(Tensor logits, Tensor classes)
    {
        using var scope = NewDisposeScope();
        var none = logits.shape[1] - 1;
        var known = classes.IsNotNegative().logical_and(classes.IsBelow(none));
        var wanted = where(known, classes, HeldScalars.Repeated(none, classes.numel(), classes.device));
        var likelihood = functional.log_softmax(logits, -1).gather(1, wanted.unsqueeze(1));
        return Mean(-likelihood).MoveToOuterDisposeScope();
    }

    private static string[] PartsOf(string head) => [$"{head}.class", $"{head}.crossEntropy", $"{head}.dice"];

    /// <summary>The mean; zero, with gradients of zero, of nothing.</summary>
    private static Tensor Mean(Tensor values) => values.numel() == 0 ? values.sum() : values.mean();

    private (Tensor Class, Tensor CrossEntropy, Tensor Dice) Mean(
        IReadOnlyList<MaskPrediction> predictions,
        Tensor grounded,
        Tensor present,
        Tensor masks,
        Tensor classes
    )
    {
        var sums = new List<Tensor[]>();
        foreach (var prediction in predictions)
        {
            using var scope = NewDisposeScope();
            var logits = Select(prediction.Masks, present); // [m, h, w]
            Tensor category = Class(Select(prediction.Classes, grounded), classes),
                crossEntropy,
                dice;
            if (logits.shape[0] == 0)
                (crossEntropy, dice) = (logits.sum(), logits.sum());
            else
            {
                var points = PointSampling.Choose(logits, config, draw); // [m, P, 2]
                var (values, labels) = (PointSampling.At(logits, points), PointSampling.At(masks, points).detach());
                (crossEntropy, dice) = (CrossEntropy(values, labels), Dice(values, labels));
            }
            sums.Add([category.MoveToOuterDisposeScope(), crossEntropy.MoveToOuterDisposeScope(), dice.MoveToOuterDisposeScope()]);
        }
        Tensor Average(int part) => stack(sums.Select(sum => sum[part])).mean();
        return (Average(0), Average(1), Average(2));
    }

    private static Tensor Select(Tensor batch, Tensor grounded) => batch.flatten(0, 1).index_select(0, grounded); // [B, N, ...] -> [n, ...]
}
