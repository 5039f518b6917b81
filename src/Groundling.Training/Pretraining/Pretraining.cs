using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Training.Evaluation;

namespace Groundling.Training;

/// <summary>The pretraining of a small Stable Diffusion: two runs, one after the other, in one folder, and the model they make.</summary>
/// <remarks>
/// The folder holds <c>vae/</c> and <c>diffusion/</c>, each a <see cref="RunFolder"/>; <c>tokenizer/</c>, whose words are those of the
/// captions; <c>cache/</c>, which may be deleted; and at last <c>model/</c>, in the diffusers layout.
/// </remarks>
public sealed class Pretraining
{
    private readonly PretrainConfig _config;
    private readonly string _folder;
    private readonly bool _resume;
    private readonly ContentMark _data;
    private readonly IReadOnlyList<BenchmarkExample> _examples, _measured;

    /// <param name="config">What to train.</param>
    /// <param name="data">The benchmark's folder.</param>
    /// <param name="folder">Where all of it is written.</param>
    /// <param name="resume">Whether to go on with what stands there.</param>
    /// <exception cref="InputException">The data cannot be read, or there are none.</exception>
    public Pretraining(PretrainConfig config, string data, string folder, bool resume)
    {
        if (folder.Length == 0) throw new InputException("--out is empty: name a folder");
        (_config, _folder, _resume) = (config, folder, resume);
        var (learnt, measured) = (PngBenchmark.Open(data, config.Data.Train), PngBenchmark.Open(data, config.Data.Validation));
        (_examples, _measured) = (Examples(learnt), Examples(measured));
        _data = ContentMark.OfFiles(data, learnt.NarrativesPath, learnt.PanopticPath, measured.NarrativesPath, measured.PanopticPath);
    }

    /// <summary>What the files get wrong.</summary>
    public BenchmarkFaults Faults { get; } = new();

    /// <summary>Pictures to be decoded before the first step.</summary>
    public int Pictures => _examples.Count + _measured.Count;

    /// <summary>The finished model's folder.</summary>
    public string ModelPath => Path.Combine(_folder, "model");

    /// <summary>The folder of the first stage's run.</summary>
    public string VaePath => Path.Combine(_folder, "vae");

    /// <summary>Decodes all pictures, once.</summary>
    /// <param name="progress">Told how many are decoded.</param>
    /// <param name="stop">Stops the decoding.</param>
    /// <exception cref="InputException">A picture cannot be read or has another size.</exception>
    public void Prepare(Action<double> progress, CancellationToken stop)
    {
        OpenPictures("train", _examples, progress, stop).Dispose();
        OpenPictures("validation", _measured, done => progress(_examples.Count + done), stop).Dispose();
    }

    /// <summary>The first stage: the autoencoder.</summary>
    /// <param name="observer">Watches; may be null.</param>
    /// <param name="stop">Stops after the step in hand.</param>
    /// <exception cref="InputException">There is another run in the folder, or the loss is not a number.</exception>
    public TrainingOutcome TrainVae(ITrainingObserver? observer, CancellationToken stop)
    {
        using var pictures = OpenPictures("train", _examples, null, stop);
        using var measured = OpenPictures("validation", _measured, null, stop);
        using var run = OpenRun(VaePath, "vae", ConfigJson.Write(new { _config.Model, _config.Data, _config.Vae }), _config.Vae.Seed, null);
        using var task = new AutoencoderTask(_config.Preset().Vae, _config.Vae, pictures, measured);
        using var training = new TrainingRun(task, _config.Vae, run, observer: observer);
        return training.Run(stop);
    }

    private RowStore OpenPictures(string name, IReadOnlyList<BenchmarkExample> examples, Action<double>? progress, CancellationToken stop)
        => PictureStore.Open(Path.Combine(_folder, "cache", $"{name}-pictures.safetensors"), examples, _config.Data.Side, _data.Content, progress, stop);

    /// <summary>A stage that has not begun begins, also where another one is gone on with.</summary>
    private RunFolder OpenRun(string path, string stage, string config, ulong seed, ContentMark? model)
        => RunFolder.Open(path, config, RunRecord.Now(stage, seed, _data, model), _resume && File.Exists(Path.Combine(path, "config.json")), $"{stage}.threads");

    private List<BenchmarkExample> Examples(PngBenchmark benchmark)
    {
        var examples = benchmark.Read(Faults).ToList();
        return examples.Count > 0 ? examples : throw new InputException($"{benchmark.NarrativesPath}: there is no narrative with a picture; check the data with: groundling data check DATA");
    }
}
