using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>The first stage of pretraining: pictures to latents an eighth of their size, and back.</summary>
public sealed class AutoencoderTask : ITrainingTask, IDisposable
{
    private const int ShownPictures = 4,
        PicturesAtOnce = 8;
    private readonly AutoencoderSettings _settings;
    private readonly RowStore _pictures,
        _measured;
    private readonly ComputeDevice _place;
    private readonly EndlessOrder _order;
    private readonly AutoencoderLoss _loss;
    private readonly Vae _vae;
    private double _scalingFactor;

    /// <param name="config">The autoencoder's sizes.</param>
    /// <param name="settings">How it is trained.</param>
    /// <param name="pictures">What it learns from; the caller keeps it.</param>
    /// <param name="measured">What it is measured on; the caller keeps it.</param>
    /// <param name="place">Where it is trained; the CPU where null.</param>
    public AutoencoderTask(
        VaeConfig config,
        AutoencoderSettings settings,
        RowStore pictures,
        RowStore measured,
        ComputeDevice? place = null
    )
    {
        (_settings, _pictures, _measured, _scalingFactor) = (settings, pictures, measured, config.ScalingFactor);
        _place = place ?? ComputeDevice.Cpu;
        using var generator = new Generator(settings.Seed);
        _vae = FirstWeights.Initialize(new Vae(config), generator).to(_place.Device);
        Parameters = [.. _vae.NamedTensors()];
        foreach (var (_, value) in Parameters)
            value.requires_grad_(true);
        (_order, _loss) = (new(pictures.Count, StepSeed.Of(settings.Seed, RunStreams.Orders)), new(settings));
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <inheritdoc/>
    public int ImagesPerStep => _settings.BatchSize;

    /// <summary>Weights of linear maps and convolutions decay, norms and biases do not.</summary>
    public bool DecaysWeight(string name) => StageRules.Decays(name);

    /// <inheritdoc/>
    public StepLosses Step(StepContext context)
    {
        using var scope = NewDisposeScope();
        // 1. Crops of pictures, half of them mirrored.
        var images = PictureStore.ToNetwork(Crops(context).Sent(_place.Device)); // [B, 3, c, c]
        // 2. Their latents' distribution, and a draw from it.
        var (mean, logarithm) = LatentNoise.Parts(Moments(images)); // each [B, C, c/8, c/8]
        var latents = LatentNoise.Drawn(mean, logarithm, context.Generator);
        // 3. Back to pictures.
        var (total, parts) = _loss.Compute(Decode(latents.Times(_vae.Config.ScalingFactor)), images, mean, logarithm);
        total.backward();
        return new(total.item<float>(), [.. parts.Select(part => (part.Name, (double)part.Value.item<float>()))]);
    }

    /// <summary>Peak signal-to-noise ratio of whole pictures that were not learnt from, by their mean latents.</summary>
    public Validation? Validate(long step, CancellationToken stop)
    {
        var limit = _settings.ValidationLimit == 0 ? _measured.Count : Math.Min(_settings.ValidationLimit, _measured.Count);
        var (ratios, sum, squares, count) = (new List<double>(), 0.0, 0.0, 0L);
        Tensor? shown = null;
        foreach (var rows in Enumerable.Range(0, limit).Chunk(PicturesAtOnce))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var images = PictureStore.ToNetwork(_measured.Gather(rows).Sent(_place.Device));
            var latents = _vae.Encode(images);
            var decoded = _vae.Decode(latents);
            ratios.AddRange(PeakSignalToNoise.Of(decoded, images));
            var means = latents.Over(_vae.Config.ScalingFactor);
            (sum, squares, count) = (sum + means.sum().item<float>(), squares + means.Squared().sum().item<float>(), count + means.numel());
            shown ??= cat([
                    images.narrow(0, 0, Math.Min(ShownPictures, images.shape[0])),
                    decoded.narrow(0, 0, Math.Min(ShownPictures, images.shape[0])),
                ])
                .MoveToOuterDisposeScope();
        }
        _scalingFactor = 1 / Math.Sqrt(squares / count - Math.Pow(sum / count, 2));
        var ratio = ratios.Average();
        return new(
            ratio,
            [("psnr", ratio), ("scaling_factor", _scalingFactor)],
            shown is null ? [] : [("pictures, reconstructions", PictureGrid.Of(shown, (int)shown.shape[0] / 2))]
        );
    }

    /// <summary>Writes the autoencoder as a model folder has it; its scaling factor is that of the pictures last measured.</summary>
    public void Save(string folder) =>
        ModelFolderWriter.WriteVae(folder, _vae, _vae.Config with { ScalingFactor = _scalingFactor }, ScalarType.Float32);

    /// <summary>Disposes the model.</summary>
    public void Dispose() => _vae.Dispose();

    private Tensor Moments(Tensor images)
    {
        using var pass = _place.BeginPass();
        return _vae.Moments(images).to(float32);
    }

    private Tensor Decode(Tensor latents)
    {
        using var pass = _place.BeginPass();
        return _vae.Decode(latents).to(float32);
    }

    private Tensor Crops(StepContext context)
    {
        using var scope = NewDisposeScope();
        var random = new Random((int)context.Seed);
        var crops = EndlessOrder
            .PlacesOf(context.Step, _settings.BatchSize, context.Collective)
            .Select(place =>
            {
                var picture = _pictures[_order[place]]; // [side, side, 3]
                var (top, left) = (
                    random.Next((int)picture.shape[0] - _settings.Crop + 1),
                    random.Next((int)picture.shape[1] - _settings.Crop + 1)
                );
                var crop = picture.narrow(0, top, _settings.Crop).narrow(1, left, _settings.Crop);
                return random.Next(2) == 0 ? crop : crop.flip(1);
            });
        return stack([.. crops]).MoveToOuterDisposeScope();
    }
}
