using System.Security.Cryptography;
using System.Text;
using Groundling.Data.Benchmark;

namespace Groundling.Evaluation;

/// <summary>A name with a mark of what the files behind it hold, so that a change shows.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Content">Sixteen hexadecimal digits: names, lengths, and samples from the beginning, middle and end of each file.</param>
public sealed record ContentMark(string Name, string Content)
{
    private const int Sample = 1 << 16;

    /// <summary>The mark of all files in a folder, or of one file.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ContentMark OfFolder(string folder) =>
        File.Exists(folder)
            ? OfFiles(folder, folder)
            : Of(
                folder,
                Directory
                    .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal)
                    .Select(file => (Path.GetRelativePath(folder, file), file))
            );

    /// <summary>The mark of some files of a folder.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ContentMark OfFiles(string folder, params IEnumerable<string> files) =>
        Of(folder, files.Select(file => (Path.GetFileName(file), file)));

    /// <summary>The mark of a benchmark's annotations.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="splits">What was opened there.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ContentMark OfBenchmark(string folder, params IEnumerable<PngBenchmark> splits)
    {
        ArgumentNullException.ThrowIfNull(splits);
        return OfFiles(folder, splits.SelectMany(FilesOf));
    }

    /// <summary>A split's annotations.</summary>
    public static IEnumerable<string> FilesOf(PngBenchmark split)
    {
        ArgumentNullException.ThrowIfNull(split);
        return [split.NarrativesPath, split.PanopticPath];
    }

    private static ContentMark Of(string folder, IEnumerable<(string Name, string Path)> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Sample];
        foreach (var (name, path) in files)
        {
            using var file = File.OpenHandle(path);
            long length = RandomAccess.GetLength(file);
            hash.AppendData(Encoding.UTF8.GetBytes($"{name.Replace('\\', '/')}\n{length}\n"));
            foreach (long offset in new[] { 0, (length / 2) - (Sample / 2), length - Sample }.Select(o => Math.Max(0, o)).Distinct())
                hash.AppendData(buffer.AsSpan(0, RandomAccess.Read(file, buffer, offset)));
        }
        var name0 = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new(name0, Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8)));
    }
}
