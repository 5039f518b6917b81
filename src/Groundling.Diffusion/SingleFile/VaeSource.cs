using Groundling.Torch;

namespace Groundling.Diffusion;

/// <summary>
/// An autoencoder by itself: a folder in the diffusers layout, a file of such a folder, or a file under the names of Stable Diffusion's own
/// training.
/// </summary>
internal sealed class VaeSource
{
    private readonly string _path;
    private readonly ShapeTable? _original;

    private VaeSource(string path, ShapeTable? original) => (_path, _original) = (path, original);

    public static VaeSource Open(string path)
    {
        if (Directory.Exists(path))
        {
            if (File.Exists(System.IO.Path.Combine(path, "config.json")))
                return new(path, null);
            var inner = System.IO.Path.Combine(path, "vae");
            return File.Exists(System.IO.Path.Combine(inner, "config.json"))
                ? new(inner, null)
                : throw new ModelException($"{path}: has no config.json; name an autoencoder's folder, or its safetensors file");
        }
        if (!File.Exists(path))
            throw new ModelException($"{path}: no such folder or file; name an autoencoder's folder, or its safetensors file");
        using var weights = WeightSource.Open(path);
        var shapes = new ShapeTable(path, weights.Entries);
        if (shapes.HasAny("encoder.down."))
            return new(path, shapes);
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        return shapes.HasAny("encoder.down_blocks.") && File.Exists(System.IO.Path.Combine(folder, "config.json"))
            ? new(folder, null)
            : throw new ModelException(
                $"{path}: is not Stable Diffusion's autoencoder under the names of its training, nor has it a config.json beside it"
            );
    }

    public VaeConfig Config() =>
        _original is null ? VaeConfig.Read(System.IO.Path.Combine(_path, "config.json")) : OriginalVae.ConfigOf(_original, "");

    public WeightSource Weights() =>
        _original is null
            ? ModelFolder.WeightsIn(_path, "diffusion_pytorch_model")
            : WeightSource.Open(_path).As(OriginalVae.Views(_original, ""));
}
