using System.Text.Json;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>The weights of one module: a safetensors file, or the several files that an index names.</summary>
public sealed class WeightSource : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> _fileOf = [];
    private readonly List<SafetensorsFile> _files = [];

    private WeightSource(string path) => Path = path;

    /// <summary>The file or index that was opened.</summary>
    public string Path { get; }

    /// <summary>All tensors by name.</summary>
    public IEnumerable<SafetensorsEntry> Entries => _fileOf.Select(pair => pair.Value.Entries[pair.Key]);

    /// <summary>Bytes of all files together.</summary>
    public long ByteCount => _files.Sum(file => file.ByteCount);

    /// <summary>Opens <c>*.safetensors</c>, or an index of shards that lie beside it: <c>*.safetensors.index.json</c>, <c>*.safetensors.index.fp16.json</c>.</summary>
    /// <exception cref="WeightsException">A file is missing or damaged, or two of them disagree.</exception>
    public static WeightSource Open(string path)
    {
        var source = new WeightSource(path);
        try
        {
            if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) source.OpenShards();
            else source.Add(path);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The named tensor, in the file's own type, on the CPU, sharing the file's memory.</summary>
    public Tensor Read(string name) => _fileOf[name].Read(name);

    /// <summary>Whether a tensor of that name is there.</summary>
    public bool Contains(string name) => _fileOf.ContainsKey(name);

    /// <summary>Closes the files; tensors that were read stay valid.</summary>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private SafetensorsFile Add(string path)
    {
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (var name in file.Entries.Keys)
            if (!_fileOf.TryAdd(name, file))
                throw new WeightsException($"{path} and {_fileOf[name].Path} both hold '{name}'");
        return file;
    }

    private void OpenShards()
    {
        Dictionary<string, string> shardOf;
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(Path));
            shardOf = index.RootElement.GetProperty("weight_map").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new WeightsException($"{Path}: no index of shards can be read from it: {e.Message}", e);
        }
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        foreach (var shard in shardOf.Values.Distinct())
        {
            if (shard.Length == 0 || shard != System.IO.Path.GetFileName(shard)) throw new WeightsException($"{Path} names the shard '{shard}'; shards must lie beside it");
            Add(System.IO.Path.Combine(folder, shard));
        }
        foreach (var (name, shard) in shardOf)
            if (!_fileOf.TryGetValue(name, out var file) || System.IO.Path.GetFileName(file.Path) != shard)
                throw new WeightsException($"{Path} places '{name}' in {shard}, which does not hold it");
    }
}
