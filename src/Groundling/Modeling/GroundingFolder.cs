using Groundling.Core;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Modeling;

/// <summary>
/// The trained parts on disk: the folder <c>grounding</c> beside the frozen model's parts, with <c>model.safetensors</c> and
/// <c>config.json</c>.
/// </summary>
public static class GroundingFolder
{
    /// <summary>The folder's name.</summary>
    public const string Name = "grounding";

    private const string Weights = "model.safetensors",
        Config = "config.json";

    /// <summary>Whether a model folder has trained parts.</summary>
    public static bool Exists(string modelFolder) => Directory.Exists(Path.Combine(modelFolder, Name));

    /// <summary>The files of the trained parts: config and weights.</summary>
    /// <param name="folder">The folder that holds <c>grounding</c>, or that folder itself under whatever name.</param>
    /// <exception cref="InputException">There are none.</exception>
    public static (string Config, string Weights) Files(string folder)
    {
        if (Exists(folder))
            folder = Path.Combine(folder, Name);
        else if (!File.Exists(Path.Combine(folder, Weights)) || !File.Exists(Path.Combine(folder, Config)))
            throw new InputException(
                $"{folder}: holds no trained parts ({Name}/{Config} and {Name}/{Weights}); name a folder that does, such as a run's checkpoints/best"
            );
        return (Path.Combine(folder, Config), Path.Combine(folder, Weights));
    }

    /// <summary>Writes the trained parts; each of the two files appears whole or not at all.</summary>
    /// <param name="modelFolder">Where the folder <c>grounding</c> is made.</param>
    /// <param name="model">Their weights and config.</param>
    /// <param name="type">Element type on disk: float32, float16 or bfloat16.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Save(string modelFolder, GroundingModel model, ScalarType type = ScalarType.Float32)
    {
        var folder = Path.Combine(modelFolder, Name);
        Directory.CreateDirectory(folder);
        var tensors = model.NamedTensors().ToList();
        SafetensorsWriter.Write(
            Path.Combine(folder, Weights),
            [.. tensors.Select(pair => (pair.Name, type, pair.Tensor.shape))],
            i => tensors[i].Tensor.alias()
        );
        AtomicFile.WriteText(Path.Combine(folder, Config), model.Config.ToJson() + "\n");
    }

    /// <summary>Builds the trained parts by their own config and loads them.</summary>
    /// <param name="folder">The folder that holds <c>grounding</c>, or that folder itself.</param>
    /// <param name="unet">The frozen UNet they were trained with; the caller keeps it.</param>
    /// <param name="vae">The frozen autoencoder; the caller keeps it.</param>
    /// <returns>The model; the caller owns it.</returns>
    /// <exception cref="InputException">There are none, or the config cannot be read.</exception>
    /// <exception cref="WeightsException">The weights are missing or damaged, or do not fit.</exception>
    public static GroundingModel Load(string folder, UNet unet, Vae vae)
    {
        var (config, weights) = WholeFiles(folder);
        var model = new GroundingModel(unet, vae, GroundingConfig.Read(config));
        try
        {
            using var source = WeightSource.Open(weights);
            model.LoadExactly(source, advice: "Its config is the one beside it: were these parts trained with another frozen model?");
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Gives a model that is to be trained the weights of one that was: all that have the same name and shape.</summary>
    /// <param name="folder">The folder that holds <c>grounding</c>, or that folder itself.</param>
    /// <param name="model">The model; tensors that the folder lacks, or has in another shape, keep their values.</param>
    /// <returns>The names of those tensors.</returns>
    /// <exception cref="InputException">There are no trained parts, or none of them fits.</exception>
    /// <exception cref="WeightsException">The weights are damaged.</exception>
    public static IReadOnlyList<string> LoadMatching(string folder, GroundingModel model)
    {
        using var weights = WeightSource.Open(WholeFiles(folder).Weights);
        var others = model.LoadMatching(weights);
        return others.Count < model.NamedTensors().Count()
            ? others
            : throw new InputException(
                $"{weights.Path}: none of its tensors has the name and shape of one of this model: was it trained with another config?"
            );
    }

    /// <summary>The files, which a checkpoint knows the checksums of.</summary>
    private static (string Config, string Weights) WholeFiles(string folder)
    {
        var files = Files(folder);
        var own = Path.GetDirectoryName(Path.GetFullPath(files.Weights))!;
        if (Path.GetDirectoryName(own) is { } checkpoint)
        {
            var name = Path.GetFileName(own);
            if (FolderChecksums.Fault(checkpoint, $"{name}/{Config}", $"{name}/{Weights}") is { } fault)
                throw new WeightsException(
                    $"{checkpoint} is damaged: {fault}; restore it from a copy, or name another checkpoint of its run (last, best, previous)"
                );
        }
        return files;
    }
}
