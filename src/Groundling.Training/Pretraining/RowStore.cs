using System.Globalization;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>Many tensors of one shape in one memory-mapped file, with a note of what they were made from.</summary>
public sealed class RowStore : IDisposable
{
    private const int RowsPerBlock = 256; // one tensor of the file: few enough to be made in memory
    private const string SourceKey = "source",
        CountKey = "rows";
    private readonly SafetensorsFile _file;
    private readonly List<Tensor> _blocks;

    private RowStore(SafetensorsFile file, string source, int count)
    {
        (_file, Source, Count) = (file, source, count);
        _blocks =
        [
            .. Enumerable
                .Range(0, (count + RowsPerBlock - 1) / RowsPerBlock)
                .Select(block => file.Read(Name(block)).DetachFromDisposeScope()),
        ];
        RowShape = _blocks.Count > 0 ? _blocks[0].shape[1..] : [];
    }

    /// <summary>What the rows were made from.</summary>
    public string Source { get; }

    /// <summary>How many rows there are.</summary>
    public int Count { get; }

    /// <summary>The shape of a row.</summary>
    public IReadOnlyList<long> RowShape { get; }

    /// <summary>A row, in the file's memory; the caller owns the tensor.</summary>
    public Tensor this[int row] => _blocks[row / RowsPerBlock][row % RowsPerBlock];

    /// <summary>Opens a file, or makes it where it is missing, damaged, or made from something else.</summary>
    /// <param name="path">The file.</param>
    /// <param name="source">What the rows are made from; another text means other rows.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="type">Their element type.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="make">Makes rows [count, shape...] from a first one on.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static RowStore Open(string path, string source, int count, ScalarType type, long[] shape, Func<int, int, Tensor> make)
    {
        if (Existing(path, source, count) is { } existing)
            return existing;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var blocks = Enumerable
            .Range(0, (count + RowsPerBlock - 1) / RowsPerBlock)
            .Select(block => (First: block * RowsPerBlock, Rows: Math.Min(RowsPerBlock, count - block * RowsPerBlock)))
            .ToList();
        SafetensorsWriter.Write(
            path,
            [.. blocks.Select((block, i) => (Name(i), type, (long[])[block.Rows, .. shape]))],
            i => make(blocks[i].First, blocks[i].Rows),
            new Dictionary<string, string> { [SourceKey] = source, [CountKey] = count.ToString(CultureInfo.InvariantCulture) }
        );
        return Existing(path, source, count)
            ?? throw new IOException($"{path} does not hold what was just written to it; look after the disk");
    }

    /// <summary>Several rows as one tensor [rows, shape...]; the caller owns it.</summary>
    public Tensor Gather(IEnumerable<int> rows)
    {
        using var scope = NewDisposeScope();
        return stack([.. rows.Select(row => this[row])]).MoveToOuterDisposeScope();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _blocks.ForEach(block => block.Dispose());
        _file.Dispose();
    }

    private static RowStore? Existing(string path, string source, int count)
    {
        if (!File.Exists(path))
            return null;
        SafetensorsFile? file = null;
        try
        {
            file = SafetensorsFile.Open(path);
            if (
                file.Metadata.GetValueOrDefault(SourceKey) == source
                && file.Metadata.GetValueOrDefault(CountKey) == count.ToString(CultureInfo.InvariantCulture)
            )
                return new(file, source, count);
        }
        catch (WeightsException)
        {
            // Damaged: it is made again.
        }
        file?.Dispose();
        return null;
    }

    private static string Name(int block) => $"rows.{block}";
}
