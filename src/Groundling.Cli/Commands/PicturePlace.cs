using Groundling.Core;
using Groundling.Export;

namespace Groundling.Cli.Commands;

/// <summary>One of several pictures to ground.</summary>
/// <param name="Source">Where it lies.</param>
/// <param name="FileName">What other tools call it.</param>
/// <param name="Folder">The folder of its results.</param>
internal sealed record PicturePlace(string Source, string FileName, string Folder)
{
    private static readonly string[] PictureEndings = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"],
        TextEndings = [".txt", ".json"];

    /// <summary>The pictures that are named, those in named folders, and those of named lists.</summary>
    /// <exception cref="InputException">A folder or a list has none.</exception>
    public static List<string> Find(IEnumerable<string> places)
    {
        var found = new List<string>();
        foreach (var place in places)
        {
            if (Directory.Exists(place))
            {
                var inside = Directory.EnumerateFiles(place).Where(IsPicture).Order(StringComparer.Ordinal).ToList();
                if (inside.Count == 0)
                    throw new InputException($"{place}: holds no pictures (PNG, JPEG, WebP, GIF, BMP)");
                found.AddRange(inside);
            }
            else if (Path.GetExtension(place).Equals(".txt", StringComparison.OrdinalIgnoreCase) && File.Exists(place))
            {
                found.AddRange(
                    PlainText
                        .Read(place)
                        .Split('\n')
                        .Select(line => line.Trim())
                        .Where(line => line.Length > 0)
                        .Select(line => Path.Combine(Path.GetDirectoryName(place) ?? "", line))
                );
            }
            else
                found.Add(place);
        }
        return found.Count > 0 ? found : throw new InputException("the list names no pictures");
    }

    /// <summary>
    /// A folder for each picture, by its name; equal names get a number. Tools know a picture by its path below the folder that all share.
    /// </summary>
    public static IEnumerable<PicturePlace> Of(IReadOnlyList<string> pictures, string output)
    {
        var folders = pictures.Select(picture => Path.GetDirectoryName(Path.GetFullPath(picture))!).Distinct().ToList();
        string? common = folders[0];
        while (common is not null && !folders.TrueForAll(folder => IsBelow(folder, common)))
            common = Path.GetDirectoryName(common); // null where they share no root
        var taken = new HashSet<string>(Exporter.Formats, StringComparer.OrdinalIgnoreCase); // folders of their own beside the pictures'
        foreach (var picture in pictures)
        {
            var own = NameOf(picture);
            var name = own;
            for (var number = 2; !taken.Add(name); number++)
                name = $"{own}-{number}";
            var fileName = Path.GetRelativePath(common ?? Path.GetPathRoot(Path.GetFullPath(picture))!, picture)
                .Replace(Path.DirectorySeparatorChar, '/');
            yield return new(picture, fileName, Path.Combine(output, name));
        }

        static bool IsBelow(string folder, string above) => !Path.GetRelativePath(above, folder).StartsWith("..", StringComparison.Ordinal);
    }

    /// <summary>
    /// A picture's name as that of a folder or file: dots alone would name the folder above, and Windows drops those at the end.
    /// </summary>
    public static string NameOf(string picture) =>
        Path.GetFileNameWithoutExtension(picture).TrimEnd('.', ' ') is { Length: > 0 } name ? name : "picture";

    /// <summary>
    /// By its ending, so that a damaged one is spoken of, or else by its first bytes; hidden files are what systems and editors leave
    /// behind.
    /// </summary>
    private static bool IsPicture(string path)
    {
        if (Path.GetFileName(path).StartsWith('.') || File.GetAttributes(path).HasFlag(FileAttributes.Hidden))
            return false;
        var ending = Path.GetExtension(path);
        return PictureEndings.Contains(ending, StringComparer.OrdinalIgnoreCase)
            || (!TextEndings.Contains(ending, StringComparer.OrdinalIgnoreCase) && Picture.IsPicture(path));
    }
}
