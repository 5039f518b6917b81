using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Training;

/// <summary>
/// The second stage of pretraining: the text encoder learns to read. Two linear maps of each state tell the token it stands at and the one
/// that follows.
/// </summary>
/// <remarks>
/// Stable Diffusion's text encoder, too, is trained before its UNet and frozen with it. Telling what follows needs the words before;
/// telling the token itself keeps words apart that the same words follow.
/// </remarks>
public sealed class TextTask : ITrainingTask, IDisposable
{
    private readonly TextSettings _settings;
    private readonly ComputeDevice _place;
    private readonly long _padding;
    private readonly List<long[]> _learnt,
        _measured;
    private readonly EndlessOrder _order;
    private readonly TextEncoder _text;
    private readonly LinearLayer _itself,
        _next;

    /// <param name="config">The encoder's sizes.</param>
    /// <param name="settings">How it is trained.</param>
    /// <param name="tokenizer">Text to tokens; it fits the encoder's vocabulary.</param>
    /// <param name="learnt">What it learns from.</param>
    /// <param name="measured">What it is measured on.</param>
    /// <param name="place">Where it is trained; the CPU where null.</param>
    public TextTask(
        TextEncoderConfig config,
        TextSettings settings,
        ClipTokenizer tokenizer,
        IEnumerable<Caption> learnt,
        IEnumerable<Caption> measured,
        ComputeDevice? place = null
    )
    {
        (_settings, _padding) = (settings, tokenizer.PaddingToken);
        (_learnt, _measured) = (Rows(learnt), Rows(settings.ValidationLimit == 0 ? measured : measured.Take(settings.ValidationLimit)));
        _order = new(_learnt.Count, StepSeed.Of(settings.Seed, RunStreams.Orders));
        _place = place ?? ComputeDevice.Cpu;
        using var generator = new Generator(settings.Seed);
        _text = new TextEncoder(config).Initialize(generator).to(_place.Device);
        _itself = new LinearLayer(config.Width, config.VocabularySize).Initialize(generator).to(_place.Device);
        _next = new LinearLayer(config.Width, config.VocabularySize).Initialize(generator).to(_place.Device);
        Parameters = [.. Named("text_encoder", _text), .. Named("itself", _itself), .. Named("next", _next)];
        foreach (var (_, value) in Parameters)
            value.requires_grad_(true);

        List<long[]> Rows(
            IEnumerable<Caption> captions
        ) // start, tokens, end
            =>
            [
                .. captions
                    .SelectMany(caption => CaptionRows.Of(tokenizer, (int)config.Positions, caption.Text).Rows)
                    .Select(row => row[..(Array.IndexOf(row, tokenizer.EndToken) + 1)]),
            ];
        static IEnumerable<(string, Tensor)> Named(string part, Module module) =>
            module.NamedTensors().Select(pair => ($"{part}.{pair.Name}", pair.Tensor));
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <inheritdoc/>
    public int ImagesPerStep => _settings.BatchSize;

    /// <summary>Weights of linear maps decay; embeddings, norms and biases do not.</summary>
    public bool DecaysWeight(string name) => StageRules.Decays(name);

    /// <inheritdoc/>
    public StepLosses Step(StepContext context)
    {
        using var scope = NewDisposeScope();
        var (itself, next) = Losses([
            .. EndlessOrder.PlacesOf(context.Step, _settings.BatchSize, context.Collective).Select(place => _learnt[_order[place]]),
        ]);
        var total = itself.Plus(next);
        total.backward();
        return new(total.item<float>(), [("itself", itself.item<float>()), ("next", next.item<float>())]);
    }

    /// <summary>The losses on captions that were not learnt from; the score is that of the token that follows, negative.</summary>
    public Validation? Validate(long step, CancellationToken stop)
    {
        var (itself, next, count) = (0.0, 0.0, 0);
        foreach (var rows in _measured.Chunk(_settings.BatchSize))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var losses = Losses(rows);
            (itself, next, count) = (
                itself + rows.Length * losses.Itself.item<float>(),
                next + rows.Length * losses.Next.item<float>(),
                count + rows.Length
            );
        }
        return new(-next / count, [("loss_itself", itself / count), ("loss_next", next / count)], []);
    }

    /// <summary>Writes the text encoder as a model folder has it.</summary>
    public void Save(string folder) => ModelFolderWriter.WriteTextEncoder(folder, _text, ScalarType.Float32);

    /// <summary>Disposes the model.</summary>
    public void Dispose()
    {
        foreach (var module in (Module[])[_text, _itself, _next])
            module.Dispose();
    }

    /// <summary>Mean cross-entropies over the tokens of some rows.</summary>
    private (Tensor Itself, Tensor Next) Losses(long[][] rows)
    {
        using var pass = _place.BeginPass();
        var width = rows.Max(row => row.Length);
        var ids = tensor(
            rows.SelectMany(row => row.Concat(Enumerable.Repeat(_padding, width - row.Length))).ToArray(),
            [rows.Length, width],
            device: _place.Device
        );
        var states = _text.call(ids).flatten(0, 1); // [B T, Ct]
        // all but the ends
        var places = rows.SelectMany((row, i) => Enumerable.Range(0, row.Length - 1).Select(place => (long)i * width + place)).ToArray();
        var read = states.index_select(0, tensor(places, device: _place.Device)); // [n, Ct]
        return (CrossEntropy(_itself, row => row[..^1]), CrossEntropy(_next, row => row[1..]));

        Tensor CrossEntropy(LinearLayer map, Func<long[], long[]> wanted) =>
            functional.cross_entropy(map.call(read).to(float32), tensor(rows.SelectMany(wanted).ToArray(), device: _place.Device));
    }
}
