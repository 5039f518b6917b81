using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>
/// A model folder some of whose weights are integers of 8 bits (<see cref="Int8Weights"/>). Its other files are those of the model it was
/// made of.
/// </summary>
public static class QuantizedModel
{
    /// <summary>The file that tells how it was made, and that it was.</summary>
    public const string ReportName = "quantization.json";

    /// <summary>Whether a path is such a folder.</summary>
    public static bool IsQuantized(string path) => File.Exists(Path.Combine(path, ReportName));

    /// <summary>What becomes of a place for a model: integers where the model has them and nothing else was asked for.</summary>
    public static ComputeDevice PlaceFor(string path, ComputeDevice place) => IsQuantized(path) ? place.ForIntegers() : place;

    /// <summary>The parts of a model whose layers may be integers, by the names of their folders.</summary>
    public static IEnumerable<(string Name, Module Module)> Parts(StableDiffusion model) =>
        [("text_encoder", model.Text), ("vae", model.Vae), ("unet", model.UNet)];

    /// <summary>Writes a model, whole or not at all: layers whose arithmetic is in integers as such, all else in the type it had.</summary>
    /// <param name="folder">The folder to make; it must not hold anything yet.</param>
    /// <param name="model">
    /// The model, opened from a folder, with <see cref="IQuantizableLayer.Arithmetic"/> set where there are integers.
    /// </param>
    /// <param name="report">How it was made.</param>
    /// <exception cref="ModelException">The folder holds something already or cannot be made.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string folder, StableDiffusion model, QuantizationReport report)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(report);
        ModelFolderWriter.WriteWhole(
            folder,
            temporary =>
            {
                ModelFolder.CopyFiles(model.Path, temporary, name => !IsWeightFile(name));
                var source = ModelSource.Open(model.Path);
                foreach (var (name, module) in Parts(model))
                    WritePart(source, name, module, Path.Combine(temporary, name));
                File.WriteAllText(Path.Combine(temporary, ReportName), report.ToJson() + "\n");
            }
        );
    }

    private static void WritePart(ModelSource source, string name, Module module, string folder)
    {
        using var scope = NewDisposeScope();
        using var stored = source.Weights(name);
        var widest = stored.Entries.Select(entry => entry.Type).Where(SafetensorsTypes.IsFloat).MaxBy(kind => (kind.ElementSize(), kind));
        var layers = module.QuantizableLayers().ToDictionary();
        var tensors = module
            .NamedTensors()
            .SelectMany(pair =>
                layers.TryGetValue(pair.Name, out var layer) && layer.Arithmetic is Int8Arithmetic integers
                    ? integers.Stored(pair.Name).Select(stored => (stored.Name, stored.Tensor, Type: stored.Tensor.dtype))
                    : [(pair.Name, pair.Tensor, SafetensorsTypes.IsFloat(pair.Tensor.dtype) ? widest : pair.Tensor.dtype)]
            )
            .ToList();
        ModelFolderWriter.WriteWeights(
            folder,
            name,
            widest,
            [.. tensors.Select(tensor => (tensor.Name, tensor.Type, tensor.Tensor.shape))],
            i => tensors[i].Tensor.alias()
        );
    }

    private static bool IsWeightFile(string name) =>
        name.Split(Path.DirectorySeparatorChar)[0] is "text_encoder" or "vae" or "unet" && Path.GetFileName(name) != "config.json";
}
