using System.CommandLine;
using Groundling.Core;
using Groundling.Export;

namespace Groundling.Cli.Commands;

/// <summary>What <c>ground</c> writes: its own files, and other tools' formats by --format.</summary>
internal sealed class GroundExports : IDisposable
{
    /// <summary>ground's own files, among the formats' names.</summary>
    private const string OwnFiles = "files";

    private const int MostNamed = 5;
    private readonly Exporter? _exporter;
    private readonly string? _categories;

    private GroundExports(string folder, IReadOnlyList<string> formats, string? categories, string? address)
    {
        _categories = categories;
        var foreign = formats.Where(name => name != OwnFiles).ToList();
        (WritesOwnFiles, CutsOut) = (foreign.Count < formats.Count, foreign.Contains("cut-outs"));
        if (foreign.Count == 0)
            return;
        var options = new ExportOptions { Categories = categories is null ? null : CategoryFile.Read(categories) };
        _exporter = new(folder, foreign, address is null ? options : options with { PictureAddress = address });
    }

    /// <summary>Whether overlay.png, phrases.json, panoptic.png and panoptic.json are asked for.</summary>
    public bool WritesOwnFiles { get; }

    /// <summary>Whether the pictures' files are needed again when they have been grounded.</summary>
    public bool CutsOut { get; }

    /// <summary>Whether other tools' formats are asked for.</summary>
    public bool IsNeeded => _exporter is not null;

    /// <summary>Takes a picture that was grounded.</summary>
    /// <param name="fileName">What the tools call it.</param>
    /// <param name="name">What files of its own are called.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="document">What was found in it.</param>
    public void Add(string fileName, string name, string path, GroundingDocument document) =>
        _exporter?.Add(new(fileName, document) { Name = name, Path = PicturePlace.IsStream(path) ? null : path });

    /// <summary>Writes what holds all pictures.</summary>
    /// <returns>What to open in each tool, and notes.</returns>
    public (IReadOnlyList<string> Paths, string? Note) Finish()
    {
        if (_exporter is null)
            return ([], null);
        var paths = _exporter.Finish();
        var unsorted = _exporter
            .Unsorted.OrderByDescending(phrase => phrase.Value)
            .ThenBy(phrase => phrase.Key, StringComparer.Ordinal)
            .ToList();
        if (unsorted.Count == 0)
            return (paths, null);
        var named = string.Join(", ", unsorted.Take(MostNamed).Select(phrase => $"\"{PlainText.InOneLine(phrase.Key)}\" ({phrase.Value})"));
        return (
            paths,
            $"note: left out, as they are of no category in {_categories}: {named}" + (unsorted.Count > MostNamed ? ", ..." : "")
        );
    }

    public void Dispose() => _exporter?.Dispose();

    /// <summary>The options that say what to write.</summary>
    public sealed class Options
    {
        public Option<string[]> Formats { get; } =
            new("--format", "-f")
            {
                Description =
                    $"What to write, with commas between: {OwnFiles} (overlay.png, phrases.json, panoptic.*; what is written without this option), {string.Join(", ", Exporter.Formats)}",
                HelpName = "A,B",
                AllowMultipleArgumentsPerToken = false,
            };

        public Option<string?> Categories { get; } =
            new("--categories")
            {
                Description =
                    "A file of categories for --format, a line each: NAME, NAME (stuff), NAME = WORD, WORD; if not given every head noun is one",
                HelpName = "FILE",
            };

        public Option<string?> Address { get; } =
            new("--picture-address")
            {
                Description =
                    $"What stands before a picture's name in Label Studio's tasks; {new ExportOptions().PictureAddress} if not given",
                HelpName = "URL",
            };

        /// <summary>What the options ask for.</summary>
        /// <param name="parsed">The command line.</param>
        /// <param name="folder">Where to write.</param>
        /// <exception cref="InputException">A format is not known, the categories cannot be read, or nothing is to use them.</exception>
        public GroundExports Read(ParseResult parsed, string folder)
        {
            var named = (parsed.GetValue(Formats) ?? [])
                .SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries))
                .Distinct()
                .ToList();
            if (named.Contains(""))
                throw new InputException(
                    $"--format \"{string.Join(',', parsed.GetValue(Formats)!)}\" has an empty name; there are {OwnFiles}, {string.Join(", ", Exporter.Formats)}"
                );
            if (named.Count == 0)
                named.Add(OwnFiles);
            var (categories, address) = (parsed.GetValue(Categories), parsed.GetValue(Address));
            if (named.Find(name => name != OwnFiles && !Exporter.Formats.Contains(name)) is { } unknown)
                throw new InputException($"--format {unknown} is not known; there are {OwnFiles}, {string.Join(", ", Exporter.Formats)}");
            if (categories is not null && named is [OwnFiles])
                throw new InputException("--categories is for other tools' formats; name one by --format");
            if (address is not null && !named.Exists(name => name.StartsWith("label-studio", StringComparison.Ordinal)))
                throw new InputException("--picture-address is for Label Studio; add --format label-studio");
            return new(folder, named, categories, address);
        }
    }
}
