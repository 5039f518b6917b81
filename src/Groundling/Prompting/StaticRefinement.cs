using Groundling.Data;
using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Prompting;

/// <summary>
/// Static prompting (Sec. 3.1) read as training-free segmenters of the literature read Stable Diffusion: each pixel's attention is shared
/// among the phrases alone, blocks count by their stride, and maps walk along the UNet's self-attention, which joins pixels of one thing
/// (DiffSegmenter: Wang et al. 2023; iSeg: Sun et al. 2024), and along the picture's colours (<see cref="ColourWalk"/>). Not the paper's.
/// </summary>
internal sealed class StaticRefinement
{
    private const ulong NoiseSeed = 0;
    private const int Finer = 4; // than the finest blocks, to walk along colours: two pixels of the network's input
    private const double Least = 1e-6, // against division by nothing
        Far = 1e6; // from all that a map holds
    private readonly StableDiffusion _diffusion;
    private readonly RefinementSettings _settings;
    private readonly int _finest;

    public StaticRefinement(StableDiffusion diffusion, RefinementSettings settings) =>
        (_diffusion, _settings, _finest) = (diffusion, settings, diffusion.UNet.Sites.Min(site => site.Stride));

    /// <summary>Reads a picture's latents once more for each of the times.</summary>
    /// <param name="image">[1, 3, H, W], in [-1, 1].</param>
    /// <param name="latents">[1, 4, h, w], what the autoencoder made of it.</param>
    /// <param name="phrases">[N, C_t]</param>
    /// <param name="nullPhrase">[C_t]</param>
    /// <param name="letterbox">How the picture lies in the network's input; what lies outside it counts for nothing.</param>
    /// <param name="cancellation">Looked at in every block.</param>
    /// <returns>
    /// [1, N, h', w'] at the finest blocks' size, or at <see cref="Finer"/> times that where maps walk along colours, 0 to 1; in the caller's
    /// scope.
    /// </returns>
    public Tensor Maps(Tensor image, Tensor latents, Tensor phrases, Tensor nullPhrase, Letterbox letterbox, CancellationToken cancellation)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var pass = _diffusion.Place.BeginPass();
        var (height, width) = (latents.shape[2] / _finest, latents.shape[3] / _finest);
        var (maps, walk) = (new List<Tensor>(), new List<Tensor>());
        foreach (var time in _settings.Times)
        {
            var noisy = _diffusion.Schedule.AddNoise(latents, time, NoiseSeed);
            foreach (var flips in _settings.Flip ? new[] { false, true } : [false])
            {
                var read = flips ? noisy.flip(3) : noisy;
                using var prompt = new RefiningPrompt(
                    new(read, phrases.unsqueeze(0), nullPhrase.unsqueeze(0), null) { Cancellation = cancellation },
                    _finest,
                    _settings.Walks > 0 ? Walkable : null
                );
                using var output = _diffusion.UNet.call(read, HeldScalars.Repeated(time, 1, read.device), prompt);
                var map = Shared(prompt, height, width);
                maps.Add(flips ? map.flip(3) : map);
                if (_settings.Walks > 0)
                    walk.Add(flips ? Mirrored(prompt.MeanSelfAttention(), height, width) : prompt.MeanSelfAttention());
            }
        }
        var mean = Blurred(Mean(maps)); // [1, N, h, w]
        var inside = ColourWalk.Inside(letterbox, height, width, mean.device); // [1, 1, h, w]
        if (_settings.Walks > 0)
            mean = Walked(Stretched(mean, inside), Mean(walk), inside);
        if (_settings.ColourWalks > 0)
        {
            (height, width) = (Finer * height, Finer * width);
            inside = ColourWalk.Inside(letterbox, height, width, mean.device);
            mean = Enlarged(mean, height, width);
            using var walks = new ColourWalk(image, inside, _settings.Contrast);
            mean = walks.Walked(mean, _settings.ColourWalks, cancellation);
        }
        return Stretched(mean, inside).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Each pixel's attention, as shares of what it gives to phrases unless the null phrase keeps its part, and all blocks by their
    /// weights.
    /// </summary>
    private Tensor Shared(PhrasePrompt prompt, long height, long width)
    {
        using var scope = NewDisposeScope();
        var readings = prompt.PixelReadings.Where(reading => WeightOf(reading.Site) > 0).ToList();
        if (readings.Count == 0)
            throw new ModelException("the UNet has no transformer block at a stride that the refinement gives a weight");
        var sums = readings
            .GroupBy(reading => reading.Site.Stride)
            .Select(level =>
            {
                var maps = level.Select(reading => reading.Map.to(float32));
                var shares = _settings.NullPhrase ? maps : maps.Select(map => map / map.sum(1, keepdim: true).AtLeast(Least));
                var mean = Mean([.. shares]).Times(WeightOf(level.First().Site));
                return Enlarged(mean, height, width);
            });
        return sums.Aggregate((sum, one) => sum.Plus(one)).MoveToOuterDisposeScope();
    }

    private static Tensor Enlarged(Tensor maps, long height, long width) =>
        functional.interpolate(maps, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    private double WeightOf(TransformerSite site) =>
        Math.Log2((double)site.Stride / _finest) is var level && level < RefinementSettings.Strides
            ? _settings.StrideWeights[(int)level]
            : 0;

    private bool Walkable(TransformerSite site) => !_settings.UpwardWalks || site.IsUpward;

    private Tensor Blurred(Tensor maps)
    {
        if (_settings.Blur == 0)
            return maps;
        var radius = (int)Math.Ceiling(3 * _settings.Blur);
        var weights = Enumerable
            .Range(-radius, 2 * radius + 1)
            .Select(at => (float)Math.Exp(-at * at / (2 * _settings.Blur * _settings.Blur)))
            .ToArray();
        var line = tensor(weights.Select(weight => weight / weights.Sum()).ToArray(), device: CPU).to(maps.device);
        var planes = maps.transpose(0, 1); // [N, 1, h, w]
        planes = functional.conv2d(Padded(planes, [0, 0, radius, radius]), line.view(1, 1, -1, 1));
        return functional.conv2d(Padded(planes, [radius, radius, 0, 0]), line.view(1, 1, 1, -1)).transpose(0, 1);

        static Tensor Padded(Tensor planes, long[] sides) => functional.pad(planes, sides, PaddingModes.Replicate);
    }

    /// <summary>Each pixel takes the mean of those that it attends to, a few times.</summary>
    private Tensor Walked(Tensor maps, Tensor attention, Tensor inside)
    {
        var sharp = Enumerable.Repeat(attention, _settings.WalkSharpness).Aggregate((product, one) => product * one);
        var allowed = sharp * inside.view(1, 1, -1); // [1, hw, hw]
        var shares = allowed / allowed.sum(-1, keepdim: true).AtLeast(Least);
        var columns = maps.flatten(2).transpose(1, 2); // [1, hw, N]
        for (var step = 0; step < _settings.Walks; step++)
            columns = shares.matmul(columns);
        return columns.transpose(1, 2).view(maps.shape);
    }

    /// <summary>Each phrase's map from 0 to 1 within the picture, and 0 outside.</summary>
    private static Tensor Stretched(Tensor maps, Tensor inside)
    {
        var outside = inside.neg().Plus(1);
        var least = maps.Plus(outside.Times(Far)).amin([2, 3], keepdim: true);
        var most = maps.Plus(outside.Times(-Far)).amax([2, 3], keepdim: true);
        return (maps - least) / (most - least).AtLeast(Least) * inside;
    }

    private static Tensor Mirrored(Tensor attention, long height, long width) =>
        attention.view(-1, height, width, height, width).flip(2, 4).reshape(attention.shape);

    private static Tensor Mean(IReadOnlyList<Tensor> tensors) =>
        tensors.Count == 1 ? tensors[0] : tensors.Aggregate((sum, one) => sum.Plus(one)).Over(tensors.Count);
}
