using System.Text.Json;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>The weights of one module: a safetensors file, or the several files that an index names.</summary>
public sealed class WeightSource : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> _fileOf = [];
    private readonly Dictionary<string, (WeightView View, SafetensorsEntry Entry)>? _views;
    private readonly List<SafetensorsFile> _files = [];

    private WeightSource(string path) => Path = path;

    private WeightSource(WeightSource whole, IEnumerable<WeightView> views)
        : this(whole.Path)
    {
        (_fileOf, _files) = (whole._fileOf, whole._files);
        _views = [];
        foreach (var view in views)
            if (!_views.TryAdd(view.Name, (view, Describe(view, _fileOf[view.From].Entries[view.From]))))
                throw new WeightsException($"{Path}: '{view.From}' and '{_views[view.Name].View.From}' are both {view.Name}");
    }

    /// <summary>The file or index that was opened.</summary>
    public string Path { get; }

    /// <summary>The files that hold the tensors.</summary>
    public IEnumerable<string> Files => _files.Select(file => file.Path);

    /// <summary>All tensors by name.</summary>
    public IEnumerable<SafetensorsEntry> Entries =>
        _views?.Values.Select(view => view.Entry) ?? _fileOf.Select(pair => pair.Value.Entries[pair.Key]);

    /// <summary>The free text pairs of the files' headers; the first file's where they differ.</summary>
    public IReadOnlyDictionary<string, string> Metadata =>
        _files.SelectMany(file => file.Metadata).DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>Bytes of all files together, or of what is viewed of them.</summary>
    public long ByteCount =>
        _views is not null
            ? (long)_views.Values.Aggregate(Int128.Zero, (sum, view) => sum + view.Entry.ByteCount)
            : _files.Sum(file => file.ByteCount);

    /// <summary>
    /// Opens <c>*.safetensors</c>, or an index of shards that lie beside it: <c>*.safetensors.index.json</c>,
    /// <c>*.safetensors.index.fp16.json</c>.
    /// </summary>
    /// <exception cref="WeightsException">A file is missing or damaged, or two of them disagree.</exception>
    public static WeightSource Open(string path)
    {
        var source = new WeightSource(path);
        try
        {
            if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                source.OpenShards();
            else
                source.Add(path);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The named tensor, in the file's own type, on the CPU, sharing the file's memory.</summary>
    public Tensor Read(string name)
    {
        if (_views is null)
            return _fileOf[name].Read(name);
        var (view, entry) = _views[name];
        using var scope = NewDisposeScope();
        var whole = _fileOf[view.From].Read(view.From);
        var rows = view.Parts == 1 ? whole : whole.narrow(0, view.Part * (whole.shape[0] / view.Parts), whole.shape[0] / view.Parts);
        return rows.view([.. entry.Shape]).MoveToOuterDisposeScope();
    }

    /// <summary>Whether a tensor of that name is there.</summary>
    public bool Contains(string name) => _views?.ContainsKey(name) ?? _fileOf.ContainsKey(name);

    /// <summary>The same files under other names; those that no view names are left out.</summary>
    /// <param name="views">Each names a tensor of this source.</param>
    /// <returns>Takes this source's place: disposing one closes the files of both.</returns>
    /// <exception cref="WeightsException">Two views have one name.</exception>
    public WeightSource As(IEnumerable<WeightView> views) => new(this, views);

    /// <summary>Closes the files; tensors that were read stay valid.</summary>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private static SafetensorsEntry Describe(WeightView view, SafetensorsEntry entry)
    {
        IEnumerable<long> shape =
            view.Parts == 1 ? entry.Shape : entry.Shape.Skip(1).Prepend(entry.Shape.Count > 0 ? entry.Shape[0] / view.Parts : 0);
        var sizes = shape.ToList();
        while (view.IsMatrix && sizes.Count > 2 && sizes[^1] == 1)
            sizes.RemoveAt(sizes.Count - 1);
        return entry with { Name = view.Name, Shape = sizes };
    }

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
            shardOf = index
                .RootElement.GetProperty("weight_map")
                .EnumerateObject()
                .ToDictionary(pair => pair.Name, pair => pair.Value.GetString() ?? "");
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or ArgumentException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw new WeightsException($"{Path}: no index of shards can be read from it: {e.Message}", e);
        }
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        foreach (var shard in shardOf.Values.Distinct())
        {
            if (shard.Length == 0 || shard != System.IO.Path.GetFileName(shard))
                throw new WeightsException($"{Path} names the shard '{shard}'; shards must lie beside it");
            Add(System.IO.Path.Combine(folder, shard));
        }
        foreach (var (name, shard) in shardOf)
            if (!_fileOf.TryGetValue(name, out var file) || System.IO.Path.GetFileName(file.Path) != shard)
                throw new WeightsException($"{Path} places '{name}' in {shard}, which does not hold it");
    }
}
