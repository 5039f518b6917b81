using System.Text;
using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling;

/// <summary>The trained parts on disk: the folder <c>grounding</c> beside the frozen model's parts, with <c>model.safetensors</c> and <c>config.json</c>.</summary>
public static class GroundingCheckpoint
{
    /// <summary>The folder's name.</summary>
    public const string Folder = "grounding";

    private const string Weights = "model.safetensors", Config = "config.json";

    /// <summary>Whether a model folder has trained parts.</summary>
    public static bool Exists(string modelFolder) => Directory.Exists(Path.Combine(modelFolder, Folder));

    /// <summary>Writes the trained parts; each of the two files appears whole or not at all.</summary>
    /// <param name="modelFolder">Where the folder <c>grounding</c> is made.</param>
    /// <param name="model">Their weights and config.</param>
    /// <param name="metadata">Free text pairs for the weights' header.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Save(string modelFolder, GroundingModel model, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var folder = Path.Combine(modelFolder, Folder);
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, Weights), model.NamedTensors(), metadata);
        AtomicFile.Write(Path.Combine(folder, Config), stream => stream.Write(Encoding.UTF8.GetBytes(model.Config.ToJson() + "\n")));
    }

    /// <summary>Builds the trained parts by their own config and loads them.</summary>
    /// <param name="modelFolder">The folder that holds <c>grounding</c>.</param>
    /// <param name="unet">The frozen UNet they were trained with; the caller keeps it.</param>
    /// <param name="vae">The frozen autoencoder; the caller keeps it.</param>
    /// <returns>The model; the caller owns it.</returns>
    /// <exception cref="InputException">The config cannot be read.</exception>
    /// <exception cref="WeightsException">The weights are missing or damaged, or do not fit.</exception>
    public static GroundingModel Load(string modelFolder, UNet unet, Vae vae)
    {
        var model = new GroundingModel(unet, vae, GroundingConfig.Read(Path.Combine(modelFolder, Folder, Config)));
        try
        {
            LoadInto(modelFolder, model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Loads the trained parts into a model that is there already.</summary>
    /// <exception cref="WeightsException">The weights are missing or damaged, or do not fit.</exception>
    public static void LoadInto(string modelFolder, GroundingModel model)
    {
        var folder = Path.Combine(modelFolder, Folder);
        using var weights = WeightSource.Open(Path.Combine(folder, Weights));
        model.LoadExactly(weights, advice: $"Was it trained with another config? Its own is beside it: {Path.Combine(folder, Config)}");
    }
}
