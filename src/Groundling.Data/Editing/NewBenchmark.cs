using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>Begins a benchmark of one's own pictures: captions and noun phrases, and nothing in the masks yet.</summary>
public static class NewBenchmark
{
    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Copies the pictures and writes the annotation files. A caption is read from the <c>.txt</c> beside a picture, with its phrases in
    /// [brackets] or as its noun phrases; without one, the picture waits for its caption.
    /// </summary>
    /// <param name="folder">The benchmark's folder: nothing, or an empty folder. It appears whole or not at all.</param>
    /// <param name="split">"train", "val", ...</param>
    /// <param name="pictures">Files that hold pictures, in the order in which they are numbered.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancellation">Stops the work; nothing is left.</param>
    /// <returns>How many pictures have a caption, and how many phrases these name.</returns>
    /// <exception cref="InputException">A picture or caption cannot be read, two have one name, or the folder holds something.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static (int Captions, int Phrases) Write(
        string folder,
        string split,
        IReadOnlyList<string> pictures,
        Action<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(pictures);
        PngBenchmark.RequireSplit(split);
        if (pictures.Count == 0)
            throw new InputException("there is no picture to begin with; give a folder that holds PNG, JPEG, WebP, GIF or BMP files");
        OutputPlace.Require(Path.GetDirectoryName(Path.GetFullPath(folder)) is { } around ? around : folder);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new InputException($"{folder} holds something already; name a folder that is not there, or an empty one");
        var twice = pictures.GroupBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            throw new InputException($"{twice.First()} and {twice.Last()} have one name; rename one of them");
        OutputPlace.Make(Path.GetDirectoryName(Path.GetFullPath(folder))!);
        var counts = (0, 0);
        AtomicFolder.Write(folder, made => counts = Fill(made, split, pictures, progress, cancellation));
        return counts;
    }

    private static (int, int) Fill(
        string folder,
        string split,
        IReadOnlyList<string> pictures,
        Action<int>? progress,
        CancellationToken cancellation
    )
    {
        var (images, annotations) = (Path.Combine(folder, "images", $"{split}2017"), Path.Combine(folder, "annotations"));
        var maps = Path.Combine(annotations, "panoptic_segmentation", $"{split}2017");
        Directory.CreateDirectory(images);
        Directory.CreateDirectory(maps);
        List<string> listed = [],
            annotated = [],
            told = [];
        var (captions, phrases) = (0, 0);
        foreach (var (i, path) in pictures.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            var (id, name) = (i + 1, Path.GetFileName(path));
            var picture = Picture.Load(path);
            var map = PanopticPart.UsualName($"{id}", ".png");
            File.Copy(path, Path.Combine(images, name));
            File.WriteAllBytes(
                Path.Combine(maps, map),
                PanopticPng.Encode(new int[picture.Width * picture.Height], picture.Width, picture.Height)
            );
            listed.Add(
                Json(
                    new
                    {
                        Id = id,
                        FileName = name,
                        picture.Width,
                        picture.Height,
                    }
                )
            );
            annotated.Add(
                Json(
                    new
                    {
                        ImageId = id,
                        FileName = map,
                        SegmentsInfo = Array.Empty<int>(),
                    }
                )
            );
            var narrative = CaptionOf(path) ?? new EditedNarrative("", []); // the place of the words that are to come
            captions += narrative.Caption.Length > 0 ? 1 : 0;
            phrases += narrative.Phrases.Count;
            told.Add(
                Json(
                    new
                    {
                        ImageId = $"{id}",
                        AnnotatorId = 0,
                        narrative.Caption,
                        Segments = narrative
                            .Tiles(new HashSet<int>())
                            .Select(tile => new
                            {
                                tile.Utterance,
                                SegmentIds = Array.Empty<string>(),
                                tile.Plural,
                                tile.Noun,
                            }),
                    }
                )
            );
            progress?.Invoke(i + 1);
        }
        File.WriteAllText(
            Path.Combine(annotations, $"panoptic_{split}2017.json"),
            $"{{\"images\": {List(listed)},\n\"annotations\": {List(annotated)},\n\"categories\": []}}\n"
        );
        File.WriteAllText(Path.Combine(annotations, $"png_coco_{split}2017.json"), List(told) + "\n");
        return (captions, phrases);
    }

    private static EditedNarrative? CaptionOf(string picture)
    {
        var path = Path.ChangeExtension(picture, ".txt");
        if (!File.Exists(path))
            return null;
        var text = PlainText.InOneLine(PlainText.Read(path)).Trim();
        if (text.Length == 0)
            return null;
        try
        {
            return CaptionPhrases.Of(text);
        }
        catch (InputException e)
        {
            throw new InputException($"{path}: {e.Message}", e);
        }
    }

    private static string List(IReadOnlyList<string> records) =>
        records.Count == 0 ? "[]" : new StringBuilder("[\n").AppendJoin(",\n", records).Append("\n]").ToString();

    private static string Json<T>(T record) => JsonSerializer.Serialize(record, Style);
}
