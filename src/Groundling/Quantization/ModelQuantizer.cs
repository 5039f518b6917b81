using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling;

/// <summary>
/// Post-training quantization: the products of a frozen model in integers of 8 bits, calibrated by what pictures and captions really are
/// (Jacob et al. 2018; Nagel et al. 2021).
/// </summary>
/// <remarks>
/// In three rounds over the examples: each layer's inputs are watched, and get the scale with the least squared error; each layer is
/// computed both ways, which gives its error; and layers are left in floats, the least exact first, until the whole network is as near as
/// was asked for.
/// </remarks>
public sealed class ModelQuantizer
{
    private const int FewestInputs = 16; // channels; fewer fill no vector, and are the network's ends
    private const int Rounds = 3; // the last one again where layers are left in floats
    private const int LeftAtOnce = 20; // the least exact one of so many at a time
    private readonly GroundingPipeline _pipeline;
    private readonly List<Layer> _layers;

    private sealed record Layer(string Part, string Weight, IQuantizableLayer Module)
    {
        public double Error { get; set; }
    }

    /// <param name="pipeline">The model, opened from a folder in float32 on the CPU; the caller keeps it.</param>
    /// <exception cref="InputException">It is something else, or the machine lacks what integers need.</exception>
    public ModelQuantizer(GroundingPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        var model = pipeline.Diffusion;
        if (!Int8Arithmetic.Supported)
            throw new InputException("to quantize needs Linux x64 and a processor with VNNI, to see what integers make of the model");
        if (!Directory.Exists(model.Path))
            throw new InputException($"{model.Path}: is a single file; a model's folder is needed to quantize");
        if (QuantizedModel.IsQuantized(model.Path))
            throw new InputException($"{model.Path}: is quantized already; name the model that it was made of");
        if (!model.Place.IsCpu || model.Place.Precision != ComputePrecision.F32)
            throw new InputException($"to quantize needs the model on the CPU in f32, and it is on {model.Place}");
        _pipeline = pipeline;
        _layers =
        [
            .. from part in QuantizedModel.Parts(model)
            from layer in part.Module.QuantizableLayers()
            where layer.Value.Weight.shape[0] >= FewestInputs && layer.Value.Weight.shape[1] >= FewestInputs
            select new Layer(part.Name, layer.Key, layer.Value),
        ];
    }

    /// <summary>Quantizes the pipeline's model in place; <see cref="QuantizedModel.Write"/> writes it.</summary>
    /// <param name="examples">Pictures with their captions, of the kind that the model is for; some ten are enough.</param>
    /// <param name="settings">How near it has to be.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Looked at between and within passes.</param>
    /// <exception cref="InputException">There is no example, or a setting is out of range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the pipeline is of no use any more.</exception>
    public QuantizationReport Run(
        IReadOnlyList<(Picture Picture, Caption Caption)> examples,
        QuantizationSettings? settings = null,
        IProgress<QuantizationProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(examples);
        settings = (settings ?? new()).Validated();
        if (examples.Count == 0)
            throw new InputException("there is no example to calibrate with");
        var floats = new List<IReadOnlyDictionary<string, Tensor>>();
        try
        {
            Set(_ => new InputRange());
            Pass("inputs", 0, made => floats.Add(made));
            _layers.RemoveAll(layer => Unused(layer.Module));
            Set(layer =>
            {
                var (weight, scale) = Int8Arithmetic.Round(layer.Module.Weight);
                using (weight)
                using (scale)
                    return new RoundingError(new(weight, scale, ((InputRange)layer.Module.Arithmetic!).Choose()));
            });
            Pass("layers", 1, Dispose);
            Set(layer =>
            {
                var watched = (RoundingError)layer.Module.Arithmetic!;
                layer.Error = watched.Relative;
                return watched.Release();
            });
            for (var round = 1; ; round++)
            {
                var similarity = new Dictionary<string, double>();
                var number = 0;
                Pass($"network, {round}", 2, made => Compare(floats[number++], made, similarity));
                var report = new QuantizationReport([.. _layers.Select(Describe)], similarity);
                var integers = _layers.Where(layer => layer.Module.Arithmetic is not null).OrderByDescending(layer => layer.Error).ToList();
                if (report.Worst >= settings.Similarity || integers.Count == 0)
                    return report;
                foreach (var layer in integers.Take((integers.Count + LeftAtOnce - 1) / LeftAtOnce))
                    Replace(layer.Module, null);
            }
        }
        finally
        {
            floats.ForEach(Dispose);
        }

        void Pass(string round, int done, Action<IReadOnlyDictionary<string, Tensor>> take)
        {
            foreach (var (number, (picture, caption)) in examples.Index())
            {
                progress?.Report(new(round, (done + (double)number / examples.Count) / Rounds));
                using var trace = _pipeline.Trace(picture, caption, keepHeads: false, cancellation: cancellation);
                take(Made(trace));
            }
            progress?.Report(new(round, (done + 1.0) / Rounds));
        }
    }

    private void Set(Func<Layer, ILayerArithmetic> make)
    {
        foreach (var layer in _layers)
            Replace(layer.Module, make(layer));
    }

    private static void Replace(IQuantizableLayer layer, ILayerArithmetic? arithmetic)
    {
        using var before = layer.Arithmetic;
        layer.Arithmetic = arithmetic;
    }

    /// <summary>Lets go of a layer that no example came to, such as those of the autoencoder's decoder.</summary>
    private static bool Unused(IQuantizableLayer layer)
    {
        if (((InputRange)layer.Arithmetic!).WasUsed)
            return false;
        Replace(layer, null);
        return true;
    }

    private static QuantizedLayer Describe(Layer layer) =>
        new(layer.Part, layer.Weight, layer.Module.Weight.numel(), layer.Error, layer.Module.Arithmetic is not null);

    /// <summary>What the network made, by name; the caller owns the tensors.</summary>
    private static Dictionary<string, Tensor> Made(GroundingTrace trace)
    {
        using var scope = NewDisposeScope();
        var made = new Dictionary<string, Tensor> { ["latents"] = trace.Latents, ["phrases"] = trace.Caption.Phrases };
        foreach (var (level, feature) in trace.UNet.Features.Index())
            made.Add($"features of level {level}", feature);
        return made.ToDictionary(pair => pair.Key, pair => pair.Value.reshape(-1).clone().MoveToOuterDisposeScope());
    }

    private static void Compare(
        IReadOnlyDictionary<string, Tensor> floats,
        IReadOnlyDictionary<string, Tensor> integers,
        Dictionary<string, double> similarity
    )
    {
        using (NewDisposeScope())
            foreach (var (name, value) in floats)
                similarity[name] = Math.Min(
                    similarity.GetValueOrDefault(name, 1),
                    nn.functional.cosine_similarity(value.to(float64), integers[name].to(float64), dim: 0).item<double>()
                );
        Dispose(integers);
    }

    private static void Dispose(IReadOnlyDictionary<string, Tensor> made)
    {
        foreach (var value in made.Values)
            value.Dispose();
    }
}
