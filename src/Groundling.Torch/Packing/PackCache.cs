using System.Globalization;
using System.IO.Hashing;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Groundling.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// Rearranged weights of one model on one kind of machine, kept in files that the next process maps: rearranging a Stable Diffusion takes
/// longer than several passes.
/// </summary>
/// <remarks>
/// The folder's name stands for the weight files (paths, lengths, times of change), the instructions that the processor has, and libtorch.
/// A file is written whole or not at all; one that is damaged is made anew. What cannot be written is done without.
/// </remarks>
public sealed class PackCache
{
    private const string Ending = ".safetensors",
        Data = "data",
        Layout = "layout",
        Hash = "xxh3",
        Described = "described",
        Version = "1";
    private const long RoomLeft = 2L << 30; // bytes of the disk that stay free
    private readonly HashSet<string> _first = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly long _largest;
    private bool _writes = true;

    private PackCache(string folder, long largest)
    {
        (_folder, _largest) = (folder, largest);
        if (Directory.Exists(folder))
            _first.UnionWith(Directory.EnumerateFiles(folder, "*" + Ending).Select(file => Path.GetFileName(file)[..^Ending.Length]));
    }

    /// <summary>Bytes that all models' packed weights may take together, if nothing else is said.</summary>
    public const long UsualLargest = 16L << 30;

    /// <summary>The folder of a user's packed weights.</summary>
    public static string DefaultRoot => Path.Combine(UserCaches.Folder, "packed");

    /// <summary>The cache of a model's weights; nothing is written yet.</summary>
    /// <param name="root">The folder of all models' packed weights, such as <see cref="DefaultRoot"/>.</param>
    /// <param name="weightFiles">The files that the weights are read from.</param>
    /// <param name="largest">Bytes that <paramref name="root"/> may take; models that were not used for longest go first.</param>
    public static PackCache For(string root, IEnumerable<string> weightFiles, long largest = UsualLargest)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(weightFiles);
        var identity = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"{Version} {__version__} {Avx2.IsSupported} {Avx512F.IsSupported} {Int8Arithmetic.Supported}\n"
        );
        foreach (var path in weightFiles.Select(RealPath.Of).Order(StringComparer.Ordinal))
        {
            var file = new FileInfo(path);
            identity.Append(CultureInfo.InvariantCulture, $"{path} {file.Length} {file.LastWriteTimeUtc.Ticks}\n");
        }
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity.ToString())))[..16];
        return new(Path.Combine(root, key), largest);
    }

    /// <summary>Whether a rearranged weight was there when the cache was opened.</summary>
    internal bool Had(string name) => _first.Contains(name);

    internal PackedTensor Get(string name, Func<Tensor> make)
    {
        if (Read(name) is { } kept)
            return kept;
        var made = make();
        Write(name, made);
        return new(made);
    }

    private string PathOf(string name) => Path.Combine(_folder, name + Ending);

    private PackedTensor? Read(string name)
    {
        if (!File.Exists(PathOf(name)))
            return null;
        try
        {
            using var file = SafetensorsFile.Open(PathOf(name));
            using var scope = NewDisposeScope();
            var (data, layout) = (file.Read(Data), file.Entries.ContainsKey(Layout) ? file.Read(Layout) : null);
            var described = file.Metadata[Described];
            if (file.Metadata[Hash] != HashOf(described, data, layout))
                return null;
            if (layout is null)
                return new(data.MoveToOuterDisposeScope());
            var words = described.Split(' ');
            long[] shape = [.. words[1].Split(',').Select(side => long.Parse(side, CultureInfo.InvariantCulture))];
            _ = SafetensorsTypes.TryParse(words[0], out var type);
            return new(OneDnnLayout.Over(data, layout, shape, type), data.DetachFromDisposeScope());
        }
        catch (Exception e) when (e is WeightsException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return null; // made anew
        }
    }

    private void Write(string name, Tensor tensor)
    {
        if (!_writes)
            return;
        using var scope = NewDisposeScope();
        try
        {
            if (!Directory.Exists(_folder))
                MakeRoom();
            var isOpaque = OneDnnLayout.Has(tensor);
            var data = isOpaque ? OneDnnLayout.Bytes(tensor) : tensor.contiguous();
            var layout = isOpaque ? OneDnnLayout.Describe(tensor) : null;
            var described = $"{SafetensorsTypes.Name(tensor.dtype)} {string.Join(',', tensor.shape)}";
            if (new DriveInfo(_folder).AvailableFreeSpace < RoomLeft + data.numel() * data.dtype.ElementSize())
                _writes = false;
            else
                SafetensorsWriter.Write(
                    PathOf(name),
                    layout is null ? [(Data, data)] : [(Data, data), (Layout, layout)],
                    new Dictionary<string, string> { [Described] = described, [Hash] = HashOf(described, data, layout) },
                    keep: false
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _writes = false;
        }
    }

    /// <summary>Makes the folder, and removes those of models that were not used for longest while all are too large.</summary>
    private void MakeRoom()
    {
        Directory.CreateDirectory(_folder);
        var kept = PackCacheEntry.All(Path.GetDirectoryName(_folder)!).OrderByDescending(entry => entry.LastUsed).ToList();
        long bytes = 0;
        foreach (var entry in kept)
        {
            bytes += entry.Bytes;
            if (bytes > _largest && entry.Folder != _folder)
                entry.Remove();
        }
    }

    private static unsafe string HashOf(string described, params ReadOnlySpan<Tensor?> tensors)
    {
        const long part = 1 << 30;
        var hash = new XxHash3();
        hash.Append(Encoding.UTF8.GetBytes(described));
        foreach (var tensor in tensors)
        {
            if (tensor is null)
                continue;
            var start = (byte*)LibTorch.DataPointer(tensor);
            var count = tensor.numel() * tensor.dtype.ElementSize();
            for (long at = 0; at < count; at += part)
                hash.Append(new ReadOnlySpan<byte>(start + at, (int)Math.Min(part, count - at)));
            GC.KeepAlive(tensor);
        }
        return hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }
}
