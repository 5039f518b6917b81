using System.Security.Cryptography;
using System.Text;
using Groundling.Core;
using Groundling.Diffusion;
using Groundling.Evaluation;
using Groundling.Modeling;
using Groundling.Torch;

namespace Groundling.Training;

/// <summary>Where a run's frozen model comes from: a folder, or random weights of a preset's sizes.</summary>
public sealed class FrozenModel
{
    private readonly string _folder;
    private readonly ModelPreset? _preset;
    private readonly ulong _seed;

    private FrozenModel(string name, string folder, ModelPreset? preset, ulong seed, ContentMark mark) =>
        (Name, _folder, _preset, _seed, Mark) = (name, folder, preset, seed, mark);

    /// <summary>The folder, or the preset's name.</summary>
    public string Name { get; }

    /// <summary>A mark of the weights.</summary>
    public ContentMark Mark { get; }

    /// <summary>Finds the model that a caller or a config names.</summary>
    /// <param name="given">A folder that comes first; may be null.</param>
    /// <param name="configured">The config's: a folder beside it, or a preset.</param>
    /// <param name="config">The config's file.</param>
    /// <param name="run">The run's folder, where random weights are made.</param>
    /// <param name="seed">The seed of random weights.</param>
    /// <exception cref="InputException">Nothing is named, or it is not there.</exception>
    public static FrozenModel Find(string? given, string configured, string config, string run, ulong seed)
    {
        if (given is null && configured.Length == 0)
            throw new InputException($"{config} names no frozen model: give a folder").About("model");
        var preset = given is null ? ModelPreset.All.FirstOrDefault(known => known.Name == configured) : null;
        var folder = given ?? Path.GetFullPath(configured, Path.GetDirectoryName(Path.GetFullPath(config))!);
        if (Directory.Exists(folder))
            return new(folder, folder, null, seed, MarkOf(folder));
        return preset is null
            ? throw new InputException(
                $"{folder}: no such model folder{(given is null ? $" ({config} names it); give another, or a preset for random weights: {string.Join(", ", ModelPreset.All.Select(known => known.Name))}" : "")}"
            ).About("model")
            : new(preset.Name, Path.Combine(run, "frozen"), preset, seed, new(preset.Name, $"random-{seed}"));
    }

    /// <summary>Opens it; random weights are made first, where that was not done before.</summary>
    /// <param name="place">Where.</param>
    /// <param name="stop">Stops the making.</param>
    /// <returns>The caller owns it.</returns>
    /// <exception cref="ModelException">The folder holds another kind of model, or a part is missing or malformed.</exception>
    public StableDiffusion Open(ComputeDevice place, CancellationToken stop)
    {
        if (_preset is not null && !Directory.Exists(_folder))
            ModelFolderWriter.WriteRandom(_folder, _preset, _seed, cancellation: stop);
        return StableDiffusion.Open(_folder, place: place);
    }

    /// <summary>
    /// A mark of all that decides what the encoders make of pictures and captions: the SHA-256 of every byte of tokenizer, text encoder and
    /// VAE.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public string EncoderMark()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (
            var file in new[] { "tokenizer", "text_encoder", "vae" }
                .Select(part => Path.Combine(_folder, part))
                .Where(Directory.Exists)
                .SelectMany(part => Directory.EnumerateFiles(part).Order(StringComparer.Ordinal))
        )
        {
            using var stream = File.OpenRead(file);
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
            hash.AppendData(SHA256.HashData(stream));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Of the frozen parts alone: trained parts that lie beside them do not count.</summary>
    private static ContentMark MarkOf(string folder)
    {
        var trained = Path.Combine(folder, GroundingFolder.Name) + Path.DirectorySeparatorChar;
        return ContentMark.OfFiles(
            folder,
            Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => !file.StartsWith(trained, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
    }
}
