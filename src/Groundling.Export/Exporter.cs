using Groundling.Core;
using Groundling.Export.Coco;
using Groundling.Export.Cvat;
using Groundling.Export.LabelStudio;
using Groundling.Export.Masks;

namespace Groundling.Export;

/// <summary>Writes groundings in one or more formats, picture by picture: <c>FOLDER/FORMAT/...</c>.</summary>
/// <remarks>
/// Phrases whose mask is empty, or that are of no category of the list, are left out. Files of a picture appear with it; those that hold
/// all pictures appear with <see cref="Finish"/>, and until then their records wait on the disk, so that memory does not grow.
/// </remarks>
/// <example>
/// <code>
/// using var exporter = new Exporter("out", ["coco-instances", "yolo-seg"]);
/// exporter.Add(new("horses.jpg", GroundingDocument.From(grounding)) { Name = "horses", Path = "horses.jpg" });
/// exporter.Finish();
/// </code>
/// </example>
public sealed class Exporter : IDisposable
{
    private static readonly Dictionary<string, Func<string, ExportOptions, IExportFormat>> Makers = new()
    {
        ["coco-panoptic"] = (folder, _) => new CocoPanoptic(folder),
        ["coco-instances"] = (folder, _) => new CocoInstances(folder, polygons: false),
        ["coco-instances-polygons"] = (folder, _) => new CocoInstances(folder, polygons: true),
        ["polygons"] = (folder, _) => new GeoPolygons(folder),
        ["yolo-seg"] = (folder, _) => new YoloSegments(folder),
        ["label-studio"] = (folder, options) => new LabelStudioTasks(folder, options.PictureAddress, RegionShape.Brush),
        ["label-studio-polygons"] = (folder, options) => new LabelStudioTasks(folder, options.PictureAddress, RegionShape.Polygon),
        ["cvat"] = (folder, _) => new CvatImages(folder, polygons: false),
        ["cvat-polygons"] = (folder, _) => new CvatImages(folder, polygons: true),
        ["png"] = (folder, _) => new MaskPngs(folder, cutsOut: false),
        ["cut-outs"] = (folder, _) => new MaskPngs(folder, cutsOut: true),
    };

    private readonly List<IExportFormat> _formats = [];
    private readonly CategoryTable _categories;
    private readonly Dictionary<string, int> _unsorted = [];
    private int _count;

    /// <param name="folder">Made if it is not there; files of the same names are replaced.</param>
    /// <param name="formats">Some of <see cref="Formats"/>.</param>
    /// <param name="options">Categories and addresses.</param>
    /// <exception cref="InputException">A format is not known, there is none, or its files cannot be written there.</exception>
    public Exporter(string folder, IEnumerable<string> formats, ExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new();
        _categories = options.Categories ?? CategoryTable.OfHeadNouns();
        foreach (var name in Known(formats))
            _formats.Add(Made(name, Path.Combine(folder, name), options));
    }

    /// <summary>The formats' names.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. Makers.Keys];

    /// <summary>Phrases that no category of the list was found for, each with how often it was left out.</summary>
    public IReadOnlyDictionary<string, int> Unsorted => _unsorted;

    /// <summary>The names, each once, if there are such formats.</summary>
    /// <exception cref="InputException">One is not known, or there is none.</exception>
    public static IReadOnlyList<string> Known(IEnumerable<string> formats)
    {
        ArgumentNullException.ThrowIfNull(formats);
        List<string> names = [.. formats.Distinct()];
        if (names.Find(name => !Makers.ContainsKey(name)) is { } unknown)
            throw new InputException($"the format '{unknown}' is not known; there are {string.Join(", ", Formats)}");
        return names.Count > 0 ? names : throw new InputException($"no format is named; there are {string.Join(", ", Formats)}");
    }

    private static IExportFormat Made(string name, string folder, ExportOptions options)
    {
        var format = Makers[name](folder, options);
        OutputPlace.Require(folder, format.Result == folder ? [] : [Path.GetFileName(format.Result)]);
        return format;
    }

    /// <summary>Takes a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="cancellation">Stops between phrases; what holds all pictures may then hold a part of this one.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="InputException">A folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Add(ExportPicture picture, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var phrases = new List<SortedPhrase>();
        foreach (var phrase in picture.Document.ToPhrases().Where(phrase => phrase.Mask.Area > 0))
        {
            if (_categories.TryFind(phrase.Span.Text, out var category))
                phrases.Add(new(phrase, category));
            else
                _unsorted[phrase.Span.Text] = _unsorted.GetValueOrDefault(phrase.Span.Text) + 1;
        }
        var sorted = new SortedPicture(picture, _count++, phrases, cancellation);
        foreach (var format in _formats)
            format.Add(sorted);
    }

    /// <summary>Writes the files that hold all pictures.</summary>
    /// <returns>For each format the path to give to its tool; none where there was no picture, and nothing is written.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public IReadOnlyList<string> Finish()
    {
        if (_count == 0)
            return [];
        _formats.ForEach(format => format.Finish(_categories.All));
        return [.. _formats.Select(format => format.Result)];
    }

    /// <summary>Lets go of records that wait; without <see cref="Finish"/> they are lost.</summary>
    public void Dispose() => _formats.ForEach(format => format.Dispose());
}
