using Groundling.Core;
using Groundling.Export;
using Groundling.Rendering;

namespace Groundling.Cli.Commands;

/// <summary>One of several pictures to ground.</summary>
/// <param name="Source">Where it lies.</param>
/// <param name="FileName">What other tools call it.</param>
/// <param name="Folder">The folder of its results.</param>
internal sealed record PicturePlace(string Source, string FileName, string Folder)
{
    private static readonly string[] PictureEndings = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"],
        TextEndings = [".txt", ".json"];

    /// <summary>What stands for the standard input.</summary>
    public const string StandardInput = "-";

    private const string Unnamed = "standard-input";
    private static readonly string[] Own = ["overlay.png", "panoptic.png"]; // beside a phrases.json

    /// <summary>The pictures that are named, those in named folders, of patterns that no shell expanded, and of named lists.</summary>
    /// <param name="places">As the command line has them.</param>
    /// <param name="note">Hears what of a folder is left out though it looks like a picture.</param>
    /// <exception cref="InputException">A folder, a pattern or a list has none.</exception>
    public static List<string> Find(IEnumerable<string> places, Action<string> note)
    {
        var found = new List<string>();
        foreach (var place in places)
        {
            if (Directory.Exists(place))
            {
                var inside = Directory
                    .EnumerateFiles(place)
                    .Order(StringComparer.Ordinal)
                    .Where(file => IsPictureOf(place, file, note))
                    .ToList();
                if (inside.Count == 0)
                    throw new InputException($"{place}: holds no pictures (PNG, JPEG, WebP, GIF, BMP)");
                found.AddRange(inside);
            }
            else if (!Path.Exists(place) && FilePattern.IsOne(place))
            {
                var matching = FilePattern
                    .Find(place)
                    .Where(file => File.Exists(file) && !FileKind.IsSpecial(file) && !IsHidden(file) && IsPicture(file))
                    .ToList();
                if (matching.Count == 0)
                    throw new InputException($"{place}: no picture (PNG, JPEG, WebP, GIF, BMP) has such a name");
                found.AddRange(matching);
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
        if (found.Count(place => place == StandardInput) > 1)
            throw new InputException("- is the standard input, and can be read once only; name it once");
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
            var name = FreeName(NameOf(picture), taken);
            var fileName = Path.GetRelativePath(common ?? Path.GetPathRoot(Path.GetFullPath(picture))!, Shown(picture))
                .Replace(Path.DirectorySeparatorChar, '/');
            yield return new(picture, fileName, Path.Combine(output, name));
        }

        static bool IsBelow(string folder, string above) => !Path.GetRelativePath(above, folder).StartsWith("..", StringComparison.Ordinal);
    }

    /// <summary>Refuses pictures that ground's own files would replace.</summary>
    /// <exception cref="InputException">One lies where a result is to be written.</exception>
    public static void RequireApart(IReadOnlyList<string> pictures, string output)
    {
        var near = pictures
            .Where(picture => picture != StandardInput)
            .Select(picture => (Picture: picture, Place: new FileInfo(picture).LinkTarget is null ? picture : RealPath.Of(picture)))
            .Where(one => GroundingWriter.Files.Contains(Path.GetFileName(one.Place), OfSystem) || IsSheet(one.Place))
            .ToList();
        if (near.Count == 0)
            return;
        var folders = pictures.Count == 1 ? [output] : Of(pictures, output).Select(place => place.Folder);
        var taken = folders
            .SelectMany(folder => GroundingWriter.Files.Select(file => Path.Combine(folder, file)))
            .Select(RealPath.Of)
            .ToHashSet(OfSystem);
        var sheets = pictures.Count > 1 ? RealPath.Of(output) : null;
        var own = near.Find(one =>
            RealPath.Of(one.Picture) is var real
            && (taken.Contains(real) || (IsSheet(real) && OfSystem.Equals(Path.GetDirectoryName(real), sheets)))
        );
        if (own.Picture is not null)
            throw new InputException($"{own.Picture} would be replaced by a result; name another folder for the results").About("out");

        static bool IsSheet(string path) => Path.GetFileName(path).StartsWith(ContactSheets.Name, StringComparison.OrdinalIgnoreCase);
    }

    private static StringComparer OfSystem { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>A name, or the first that no other has of those that end with "-2" and so on; it is then taken.</summary>
    public static string FreeName(string name, HashSet<string> taken)
    {
        var free = name;
        for (var number = 2; !taken.Add(free); number++)
            free = $"{name}-{number}";
        return free;
    }

    /// <summary>
    /// A picture's name as that of a folder or file: dots alone would name the folder above, and Windows drops those at the end.
    /// </summary>
    public static string NameOf(string picture) =>
        Path.GetFileNameWithoutExtension(FileNameOf(picture)).TrimEnd('.', ' ') is { Length: > 0 } name ? name : "picture";

    /// <summary>Whether a picture can be read once only.</summary>
    public static bool IsStream(string picture) => picture == StandardInput || FileKind.IsSpecial(picture);

    /// <summary>A picture's path as results show it.</summary>
    public static string Shown(string picture) => picture == StandardInput ? Unnamed : picture;

    /// <summary>What files call a picture.</summary>
    public static string FileNameOf(string picture) => Path.GetFileName(Shown(picture));

    /// <summary>Hidden files are what systems and editors leave behind; what this command made itself is no picture to ground.</summary>
    private static bool IsPictureOf(string folder, string file, Action<string> note)
    {
        if (FileKind.IsSpecial(file))
            note($"{file} is a pipe or a device and left out; name it itself to ground what it gives");
        else if (!File.Exists(file))
        {
            if (file.Contains('\uFFFD', StringComparison.Ordinal))
                note($"{file} has a name that is not UTF-8 and is left out; rename it");
            else if (PictureEndings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                note($"{file} is a link that leads nowhere and is left out");
        }
        else if (!IsPicture(file))
            return false;
        else if (IsHidden(file))
            note($"{file} is hidden and left out; name it itself to ground it");
        else if (IsResult(folder, Path.GetFileName(file)))
            note($"{file} is an earlier run's result and left out; name it itself to ground it");
        else
            return true;
        return false;
    }

    private static bool IsResult(string folder, string name) =>
        (Own.Contains(name) && File.Exists(Path.Combine(folder, "phrases.json")))
        || (name.StartsWith("contact-sheet", StringComparison.Ordinal) && File.Exists(Path.Combine(folder, "summary.json")));

    private static bool IsHidden(string path) =>
        Path.GetFileName(path).StartsWith('.') || File.GetAttributes(path).HasFlag(FileAttributes.Hidden);

    /// <summary>By its ending, so that a damaged one is spoken of, or else by its first bytes.</summary>
    private static bool IsPicture(string path)
    {
        var ending = Path.GetExtension(path);
        return PictureEndings.Contains(ending, StringComparer.OrdinalIgnoreCase)
            || (!TextEndings.Contains(ending, StringComparer.OrdinalIgnoreCase) && Picture.IsPicture(path));
    }
}
