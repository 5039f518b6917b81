using Groundling.Core;
using Groundling.Data.Benchmark;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Training;

/// <summary>The pretraining of a small Stable Diffusion: three runs, one after the other, in one folder, and the model they make.</summary>
/// <remarks>
/// The folder holds <c>vae/</c>, <c>text/</c> and <c>diffusion/</c>, each a <see cref="RunFolder"/>; <c>tokenizer/</c>, whose words are
/// those of the captions; <c>cache/</c>, which may be deleted; and at last <c>model/</c>, in the diffusers layout.
/// </remarks>
public sealed class Pretraining
{
    private readonly PretrainConfig _config;
    private readonly string _folder;
    private readonly bool _resume;
    private readonly ICollective _processes;
    private readonly PretrainedParts _parts;
    private readonly PretrainingData _data;

    /// <param name="config">What to train.</param>
    /// <param name="data">The benchmark's folder.</param>
    /// <param name="folder">Where all of it is written.</param>
    /// <param name="resume">Whether to go on with what stands there.</param>
    /// <param name="processes">
    /// The processes that train together; this one alone where null. Process 0 makes the files, the others read them.
    /// </param>
    /// <exception cref="InputException">The data cannot be read, or there are none.</exception>
    public Pretraining(PretrainConfig config, string data, string folder, bool resume, ICollective? processes = null)
    {
        if (folder.Length == 0)
            throw new InputException("the folder's name is empty: name one").About("out");
        (_config, _folder, _resume, _processes) = (config, folder, resume, processes ?? SingleProcess.Instance);
        _data = new(config.Data, data);
        _parts = new(config, folder);
    }

    /// <summary>What the files get wrong.</summary>
    public BenchmarkFaults Faults => _data.Faults;

    /// <summary>Pictures to be decoded before the first step.</summary>
    public int Pictures => _data.Sets.Sum(set => set.Examples.Count);

    /// <summary>The finished model's folder.</summary>
    public string ModelPath => Path.Combine(_folder, "model");

    /// <summary>The folder of the first stage's run.</summary>
    public string VaePath => Path.Combine(_folder, "vae");

    /// <summary>The folder of the second stage's run.</summary>
    public string TextPath => Path.Combine(_folder, "text");

    /// <summary>The folder of the third stage's run.</summary>
    public string DiffusionPath => Path.Combine(_folder, "diffusion");

    /// <summary>Decodes all pictures, once.</summary>
    /// <param name="progress">Told how many are decoded.</param>
    /// <param name="stop">Stops the decoding.</param>
    /// <exception cref="InputException">A picture cannot be read or has another size.</exception>
    public void Prepare(Action<double> progress, CancellationToken stop)
    {
        if (_processes.Rank == 0)
            MakeAll(progress, (set, own) => OpenPictures(set, own, stop));
        _processes.Barrier();
    }

    /// <summary>Whether the first stage is trained, or kept.</summary>
    public bool TrainsVae => _config.TrainsVae;

    /// <summary>Whether the second stage is trained, or kept.</summary>
    public bool TrainsText => _config.TrainsText;

    /// <summary>The first stage: the autoencoder.</summary>
    /// <param name="observer">Watches; may be null.</param>
    /// <param name="stop">Stops after the step in hand.</param>
    /// <exception cref="InputException">There is another run in the folder, or the loss is not a number.</exception>
    public TrainingOutcome TrainVae(ITrainingObserver? observer, CancellationToken stop)
    {
        using var pictures = OpenPictures(_data.Learnt, null, stop);
        using var measured = OpenPictures(_data.Measured, null, stop);
        using var run = OpenRun(
            VaePath,
            ConfigJson.Write(
                new
                {
                    _config.Model,
                    _config.Data,
                    _config.Vae,
                }
            ),
            RunRecord.Now("vae", _config.Vae.Seed, _data.Mark, null, device: $"{Place(_config.Vae)}")
        );
        using var task = new AutoencoderTask(_parts.Preset.Vae, _config.Vae, pictures, measured, Place(_config.Vae));
        return Train(task, _config.Vae, run, observer, stop);
    }

    /// <summary>The second stage: the captions' vocabulary and the text encoder.</summary>
    /// <param name="observer">Watches; may be null.</param>
    /// <param name="stop">Stops after the step in hand.</param>
    /// <exception cref="InputException">There is another run in the folder, or the loss is not a number.</exception>
    public TrainingOutcome TrainText(ITrainingObserver? observer, CancellationToken stop)
    {
        using var run = OpenRun(
            TextPath,
            ConfigJson.Write(
                new
                {
                    _config.Model,
                    _config.Data,
                    _config.Text,
                }
            ),
            RunRecord.Now("text", _config.Text.Seed, _data.CaptionMark, null, device: $"{Place(_config.Text)}")
        );
        if (_processes.Rank == 0)
            MakeTokens(); // the run is held, and is this one
        _processes.Barrier();
        using var task = new TextTask(
            _parts.Preset.Text,
            _config.Text,
            _parts.OpenTokenizer(),
            _data.Captions,
            _data.Measured.Captions,
            Place(_config.Text)
        );
        return Train(task, _config.Text, run, observer, stop);
    }

    /// <summary>Encodes all pictures, once.</summary>
    /// <param name="progress">Told how many pictures are encoded.</param>
    /// <param name="stop">Stops the encoding.</param>
    /// <exception cref="InputException">The first stage has not been trained.</exception>
    public void PrepareDiffusion(Action<double> progress, CancellationToken stop)
    {
        if (_processes.Rank == 0)
            MakeLatents(progress, stop);
        _processes.Barrier();
    }

    /// <summary>The third stage: the UNet. <see cref="PrepareDiffusion"/> goes before it.</summary>
    /// <param name="observer">Watches; may be null.</param>
    /// <param name="stop">Stops after the step in hand.</param>
    /// <exception cref="InputException">
    /// There is another run in the folder, the second stage has not been trained, or the loss is not a number.
    /// </exception>
    public TrainingOutcome TrainDiffusion(ITrainingObserver? observer, CancellationToken stop)
    {
        var place = Place(_config.Diffusion);
        using var text = _parts.OpenText(place);
        using var vae = OpenScaledVae(place, stop);
        using var learnt = OpenLatents(_data.Learnt, vae, null, stop);
        using var rehearsed = _data.Rehearsed is null ? null : OpenLatents(_data.Rehearsed, vae, null, stop);
        using var coarse = OpenCoarseLatents(vae, null, stop);
        using var measured = OpenLatents(_data.Measured, vae, null, stop);
        using var initial = _parts.OpenInitialUNet();
        using var run = OpenRun(
            DiffusionPath,
            ConfigJson.Write(
                new
                {
                    _config.Model,
                    _config.Data,
                    _config.Diffusion,
                }
            ),
            RunRecord.Now(
                "diffusion",
                _config.Diffusion.Seed,
                _data.Mark,
                _parts.FrozenMark(),
                _parts.InitialMark(),
                $"{Place(_config.Diffusion)}"
            )
        );
        using var task = new DiffusionTask(
            _parts.Preset,
            _config.Diffusion,
            _parts.OpenTokenizer(),
            text,
            vae,
            new(learnt, _data.Learnt.Examples, _data.Learnt.Categories),
            rehearsed is null ? null : new(rehearsed, _data.Rehearsed!.Examples, _data.Rehearsed.Categories),
            coarse,
            new(measured, _data.Measured.Examples, _data.Measured.Categories),
            initial,
            place
        );
        return Train(task, _config.Diffusion, run, observer, stop);
    }

    /// <summary>Writes the model of the stages' best weights, in halves.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public void WriteModel(CancellationToken stop)
    {
        if (_processes.Rank > 0)
            return;
        using var vae = OpenScaledVae(ComputeDevice.Cpu, stop);
        using var text = _parts.OpenText(ComputeDevice.Cpu);
        using var unet = _parts.OpenUNet();
        new CheckpointFolder(_folder, "model").Write(folder =>
            ModelFolderWriter.Write(folder, _parts.TokenizerPath, text, vae, unet, _parts.Preset.Prediction, ScalarType.Float16)
        );
    }

    private ComputeDevice Place(TrainingSettings settings) => settings.FindDevice(_processes);

    /// <summary>A stage that could not make a step is not there, so that it can be begun otherwise.</summary>
    private TrainingOutcome Train(
        ITrainingTask task,
        TrainingSettings settings,
        RunFolder? run,
        ITrainingObserver? observer,
        CancellationToken stop
    )
    {
        try
        {
            using var training = new TrainingRun(task, settings, run, _processes, observer);
            return training.Run(stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            run?.TakeBack();
            throw;
        }
    }

    private void MakeTokens()
    {
        var size = _parts.Preset.Text.VocabularySize;
        var captions = _data.Captions.Select(caption => caption.Text).ToList();
        var merges = VocabularyLearner.Learn(captions, (int)size - ByteVocabulary.LeastSize);
        string[] words = [.. captions.SelectMany(ClipTokenizer.Words).Distinct().Order(StringComparer.Ordinal)];
        new CheckpointFolder(_folder, Path.GetFileName(_parts.TokenizerPath)).Write(folder =>
            ByteVocabulary.Write(folder, size, merges, words)
        );
    }

    private void MakeLatents(Action<double> progress, CancellationToken stop)
    {
        using var vae = _parts.OpenVae(Place(_config.Diffusion));
        MakeAll(progress, (set, own) => OpenLatents(set, vae, own, stop));
        OpenCoarseLatents(vae, progress, stop)?.Dispose();
    }

    private void MakeAll(Action<double> progress, Func<PictureSet, Action<double>, RowStore> open)
    {
        var before = 0;
        foreach (var set in _data.Sets)
        {
            var already = before;
            open(set, done => progress(already + done)).Dispose();
            before += set.Examples.Count;
        }
    }

    /// <summary>
    /// The autoencoder with the factor that brings the latents of all pictures that are learnt from to unit variance; a kept one keeps its
    /// own.
    /// </summary>
    private Vae OpenScaledVae(ComputeDevice place, CancellationToken stop)
    {
        if (!TrainsVae)
            return _parts.OpenVae(place);
        using var plain = _parts.OpenVae(place);
        using var latents = OpenLatents(_data.Learnt, plain, null, stop);
        return _parts.OpenVae(place, LatentStore.ScalingFactor(latents, plain.Config.LatentChannels));
    }

    private RowStore OpenLatents(PictureSet set, Vae vae, Action<double>? progress, CancellationToken stop, int halvings = 0)
    {
        using var pictures = OpenPictures(set, null, stop);
        var path = Path.Combine(_folder, "cache", $"{set.Name}-{(halvings > 0 ? "coarse-" : "")}latents.safetensors");
        return LatentStore.Open(path, pictures, vae, halvings, _parts.VaeMark().Content, progress, stop);
    }

    private RowStore? OpenCoarseLatents(Vae vae, Action<double>? progress, CancellationToken stop) =>
        _config.Diffusion.CoarseSteps > 0 ? OpenLatents(_data.Learnt, vae, progress, stop, halvings: 1) : null;

    private RowStore OpenPictures(PictureSet set, Action<double>? progress, CancellationToken stop) =>
        PictureStore.Open(Path.Combine(_folder, "cache", $"{set.Name}-pictures.safetensors"), set.Examples, set.Side, progress, stop);

    /// <summary>A stage that has not begun begins, also where another one is gone on with.</summary>
    private RunFolder? OpenRun(string path, string config, RunRecord record) =>
        _processes.Rank > 0
            ? null
            : RunFolder.Open(
                path,
                config,
                record,
                _resume && File.Exists(Path.Combine(path, "config.json")),
                ConfigJson.Write(new PretrainConfig()),
                $"{record.Task}.threads",
                $"{record.Task}.device",
                $"{record.Task}.stopsAtDivergence"
            );
}
