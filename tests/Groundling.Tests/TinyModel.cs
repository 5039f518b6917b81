using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Tests.Data;

[assembly: AssemblyFixture(typeof(Groundling.Tests.TinyModel))]

namespace Groundling.Tests;

/// <summary>A randomly initialised model folder, made once for all tests.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<GroundingPipeline> _pipeline;

    public TinyModel()
    {
        ModelFolderWriter.WriteRandom(Path, ModelPreset.Tiny, seed: 7);
        _pipeline = new(() => GroundingPipeline.Open(Path));
    }

    /// <summary>The folder; tests leave it as it is.</summary>
    public string Path => _folder.File("tiny");

    public GroundingPipeline Pipeline => _pipeline.Value;

    /// <summary>A copy for a test to break.</summary>
    public string Copy(TemporaryFolder into)
    {
        var copy = into.File("model");
        CopyTo(copy);
        return copy;
    }

    /// <summary>Copies the folder.</summary>
    public void CopyTo(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            var target = System.IO.Path.Combine(folder, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Smooth colours, different in every corner.</summary>
    public static Picture Gradient(int width, int height, int shift = 0)
    {
        var rgb = new byte[3 * width * height];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
            (rgb[3 * (y * width + x)], rgb[3 * (y * width + x) + 1], rgb[3 * (y * width + x) + 2]) = (
                (byte)(255 * x / width),
                (byte)(255 * y / height),
                (byte)((x + 2 * y + shift) % 256)
            );
        return new(width, height, rgb);
    }

    public void Dispose()
    {
        if (_pipeline.IsValueCreated)
            _pipeline.Value.Dispose();
        _folder.Dispose();
    }
}
