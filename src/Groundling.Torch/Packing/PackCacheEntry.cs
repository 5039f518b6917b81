using Groundling.Core;

namespace Groundling.Torch;

/// <summary>One model's packed weights in a cache.</summary>
/// <param name="Folder">Where they lie.</param>
/// <param name="Files">How many files they are.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="LastUsed">When one was last written or read, as far as the file system tells.</param>
public sealed record PackCacheEntry(string Folder, int Files, long Bytes, DateTime LastUsed)
{
    /// <summary>All models' in a cache; what else lies there is left out.</summary>
    /// <param name="root">Such as <see cref="PackCache.DefaultRoot"/>; it need not be there.</param>
    public static IReadOnlyList<PackCacheEntry> All(string root)
    {
        if (!Directory.Exists(root))
            return [];
        return
        [
            .. from folder in Directory.EnumerateDirectories(root)
            where Path.GetFileName(folder) is { Length: 16 } name && name.All(char.IsAsciiHexDigitLower)
            let files = new DirectoryInfo(folder).GetFiles()
            select new PackCacheEntry(
                folder,
                files.Length,
                files.Sum(file => file.Length),
                files.Select(file => file.LastAccessTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max()
            ),
        ];
    }

    /// <summary>Removes them, as far as they can be; processes that use them keep what they have mapped.</summary>
    /// <returns>Whether they are gone.</returns>
    public bool Remove()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
