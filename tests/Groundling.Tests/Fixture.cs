using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests;

/// <summary>Files that come with the tests.</summary>
public static class Fixture
{
    public static string Path(string relative) => System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", relative);

    /// <summary>All tensors of a safetensors fixture.</summary>
    public static Dictionary<string, Tensor> Tensors(string relative)
    {
        using var file = SafetensorsFile.Open(Path(relative));
        return file.Entries.Keys.ToDictionary(name => name, file.Read);
    }

    public static WeightSource Weights(string relative) => WeightSource.Open(Path(relative));
}
