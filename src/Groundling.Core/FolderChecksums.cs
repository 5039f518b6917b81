using System.Security.Cryptography;
using System.Text;

namespace Groundling.Core;

/// <summary>What the files of a folder were when it was made: <c>SHA256SUMS</c>, as <c>sha256sum --check</c> reads it.</summary>
public static class FolderChecksums
{
    /// <summary>The file's name.</summary>
    public const string Name = "SHA256SUMS";

    private const int HexBytes = 64;

    /// <summary>
    /// Notes all files of a folder, and of those within, in order of their names; the disk has it when the caller hands it the folder.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read, or the folder cannot be written.</exception>
    public static void Write(string folder)
    {
        var lines = new StringBuilder();
        foreach (
            var name in Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(name => name != Name)
                .Order(StringComparer.Ordinal)
        )
            lines.Append($"{Hash(Path.Combine(folder, name))}  {name}\n");
        AtomicFile.WriteText(Path.Combine(folder, Name), lines.ToString(), keep: false);
    }

    /// <summary>Looks whether files still are what they were.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="only">The names to look at, slashes between folders; all that are noted where there are none.</param>
    /// <returns>What is wrong: the first file that is missing or another; null where all are right, or nothing was noted.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string? Fault(string folder, params IReadOnlyCollection<string> only)
    {
        var noted = Path.Combine(folder, Name);
        if (!File.Exists(noted))
            return null; // made before there were any
        foreach (var line in File.ReadLines(noted))
        {
            // As sha256sum writes them: the second blank is a star where it read bytes. A publisher's list may hold other lines.
            var isNoted = line.Length > HexBytes + 2 && line[HexBytes] == ' ' && line[HexBytes + 1] is ' ' or '*';
            var name = isNoted ? line[(HexBytes + 2)..] : "";
            if (only.Count > 0 && !only.Contains(name))
                continue;
            if (!isNoted)
                return $"{Name} is damaged";
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
                return $"{name} is missing";
            if (Hash(path) != line[..HexBytes])
                return $"{name} is not what was written: its SHA-256 is another than {Name} says";
        }
        return null;
    }

    private static string Hash(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
