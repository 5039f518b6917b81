using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>
/// Edits a split of a benchmark: its captions, phrases, segments and categories. Each edit is on the disk, in a journal, before it is
/// acknowledged; <see cref="Save"/> puts what was done into the benchmark's own files. Safe for several threads.
/// </summary>
/// <remarks>
/// A process that dies leaves its journals in <c>annotations/.editing-SPLIT</c>; the next session takes them up and saves them. One
/// session a split at a time.
/// </remarks>
/// <example>
/// <code>
/// using var session = EditSession.Open("pictures", "train");
/// var picture = session["1"];
/// picture.Apply(new Edit.SetCaption("a red barn by the sea"));
/// picture.Apply(new Edit.AddSegment("barn") { Id = 7, Mask = RunLengthMask.FromBox(new(10, 20, 30, 40), 640, 480) });
/// picture.Apply(new Edit.AddPhrase(0, 10) { Segments = [7] });
/// session.Save();
/// </code>
/// </example>
public sealed class EditSession : IDisposable
{
    private const int MostLoaded = 8;
    private readonly Lock _saving = new(),
        _order = new();
    private readonly FolderLock _held;
    private readonly string _journals;
    private readonly Dictionary<string, EditedPicture> _pictures = [];
    private readonly PanopticAnnotations _annotations;
    private readonly LinkedList<EditedPicture> _loaded = [];
    private volatile bool _isClosed;
    private readonly NarrativePlaces _narratives;

    private EditSession(PngBenchmark files, string journals, FolderLock held)
    {
        (Files, _journals, _held, _narratives) = (files, journals, held, new(files.NarrativesPath));
        _annotations = PanopticAnnotations.Read(files.PanopticPath);
        Categories = new(_annotations.Categories);
        foreach (var annotation in _annotations.Annotations.Values)
            _pictures.Add(
                annotation.ImageId,
                new(
                    this,
                    annotation,
                    _annotations.Pictures.GetValueOrDefault(annotation.ImageId) is { FileName: not null } picture
                        ? picture
                        : new(PanopticPart.UsualName(annotation.ImageId, ".jpg"), 0, 0)
                )
            );
        Pictures = [.. _pictures.Values];
    }

    /// <summary>The pictures in the panoptic annotation's order, those that nothing is told of yet, too.</summary>
    public IReadOnlyList<EditedPicture> Pictures { get; }

    /// <summary>The data's categories, with those that edits have added.</summary>
    public IReadOnlyList<PanopticCategory> AllCategories => Categories.All;

    /// <summary>Pictures whose edits a session that died had left, and that were saved when this one began.</summary>
    public int Recovered { get; private set; }

    /// <summary>Whether there are edits that the data's files do not have.</summary>
    public bool IsDirty => Pictures.Any(picture => picture.IsDirty);

    internal PngBenchmark Files { get; }

    internal CategoryList Categories { get; }

    /// <summary>The picture of an id.</summary>
    /// <param name="id">Without leading zeros.</param>
    /// <exception cref="InputException">There is none.</exception>
    public EditedPicture this[string id] =>
        Find(id)
        ?? throw new InputException($"{Files.PanopticPath} has no picture {PlainText.Excerpt(id)}; data check counts those it has");

    /// <summary>The picture of an id; null where there is none.</summary>
    /// <param name="id">Without leading zeros.</param>
    public EditedPicture? Find(string id) => _pictures.GetValueOrDefault(id);

    /// <summary>Begins to edit.</summary>
    /// <param name="folder">The folder that holds "annotations" and "images".</param>
    /// <param name="split">"train", "val", ...</param>
    /// <exception cref="InputException">
    /// The data cannot be read or written, another session edits them, or what a dead one left is damaged.
    /// </exception>
    public static EditSession Open(string folder, string split)
    {
        var files = PngBenchmark.Open(folder, split);
        var journals = JournalsOf(folder, split);
        FolderLock? held = null;
        try
        {
            Directory.CreateDirectory(journals);
            held =
                FolderLock.TryHold(journals)
                ?? throw new InputException($"{folder}, split {split} is being edited already; end the other editor first");
            var session = new EditSession(files, journals, held);
            session.Recover();
            return session;
        }
        catch (Exception e)
        {
            held?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new InputException($"{journals} cannot be written: {FileFault.ReasonOf(e)}; edits need a folder that can be", e);
            throw;
        }
    }

    /// <summary>
    /// Where the edits of a split wait that its files do not have yet; it is there while somebody edits, and after a crash.
    /// </summary>
    /// <param name="folder">The benchmark's folder.</param>
    /// <param name="split">The split.</param>
    public static string JournalsOf(string folder, string split) => Path.Combine(folder, "annotations", $".editing-{split}");

    /// <summary>Puts what was done into the benchmark's files: panoptic PNGs, panoptic annotation, narratives.</summary>
    /// <returns>How many pictures were written.</returns>
    /// <exception cref="InputException">A file cannot be read any more, or a journal is damaged.</exception>
    /// <exception cref="IOException">The disk does not take a file. Nothing is lost: the journals stay.</exception>
    public int Save()
    {
        lock (_saving)
        {
            var folded = Pictures
                .Select(picture => (Picture: picture, Folded: picture.Fold()!))
                .Where(one => one.Folded is not null)
                .ToList();
            if (folded.Count == 0)
                return 0;
            foreach (var (_, one) in folded)
                AtomicFile.Write(Files.PanopticPathOf(one.Record.FileName), file => file.Write(one.Map));
            var records = folded.ToDictionary(one => one.Picture.Id, one => one.Folded.Record);
            var used = records.Values.SelectMany(record => record.Segments).Select(made => made.Segment.Category).ToHashSet();
            AnnotationRewriter.Panoptic(Files.PanopticPath, records, [.. Categories.All.Where(used.Contains)]);
            AnnotationRewriter.Narratives(Files.NarrativesPath, records);
            foreach (var (picture, one) in folded)
                picture.Saved(one);
            return folded.Count;
        }
    }

    /// <summary>Saves, and ends the histories. Where the disk refuses, the journals stay, and the next session saves them.</summary>
    public void Dispose()
    {
        if (_isClosed)
            return;
        TryQuietly(() => Save());
        _isClosed = true;
        foreach (var picture in Pictures)
            TryQuietly(() => picture.Unload(forGood: true));
        _held.Dispose();
        TryQuietly(() => Directory.Delete(_journals)); // where no journal is left in it
    }

    /// <summary>What the disk refuses at the end stays in the journals.</summary>
    private static void TryQuietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or InputException or UnauthorizedAccessException) { }
    }

    internal string JournalPathOf(string id) => Path.Combine(_journals, id + EditJournal.Extension);

    internal void RequireOpen() => ObjectDisposedException.ThrowIf(_isClosed, this);

    /// <summary>Keeps the pictures in memory that were asked for last.</summary>
    internal void Touched(EditedPicture picture)
    {
        EditedPicture? oldest = null;
        lock (_order)
        {
            _loaded.Remove(picture);
            _loaded.AddLast(picture);
            if (_loaded.Count > MostLoaded)
            {
                oldest = _loaded.First!.Value;
                _loaded.RemoveFirst();
            }
        }
        oldest?.Unload();
    }

    /// <summary>A picture's annotation as the files have it.</summary>
    /// <exception cref="InputException">They cannot be read, or do not belong together.</exception>
    internal EditOrigin ReadOrigin(EditedPicture picture, string panopticName)
    {
        var path = Files.PanopticPathOf(panopticName);
        var (ids, width, height) = File.Exists(path) ? PanopticPng.Read(path) : Blank(picture);
        if (picture.DeclaredSize is (> 0, > 0) declared && declared != (width, height))
            throw new InputException(
                $"{path} is {width} x {height}, but its annotation says {declared.Width} x {declared.Height}; get the right PNG file"
            );
        var segments = _annotations
            .Annotations[picture.Id]
            .Segments.Where(segment => segment.Id is > 0 and < 1 << 24)
            .Select(segment => new EditedSegment(segment.Id, Categories.Of(segment.CategoryId), segment.IsCrowd, 0))
            .ToList();
        var known = segments.Select(segment => segment.Id).ToHashSet();
        return new(width, height, [.. _narratives.Of(picture.Id).Select(told => EditedNarrative.From(told, known))], segments, ids);
    }

    private static (int[] Ids, int Width, int Height) Blank(EditedPicture picture)
    {
        var (width, height) = picture.DeclaredSize;
        if (width <= 0 || height <= 0 || (long)width * height > Picture.MaxPixels)
        {
            var read = Picture.Load(picture.Path);
            (width, height) = (read.Width, read.Height);
        }
        return (new int[width * height], width, height);
    }

    private void Recover()
    {
        foreach (var path in Directory.EnumerateFiles(_journals, "*" + EditJournal.Extension))
            if (Find(Path.GetFileNameWithoutExtension(path)) is { } picture)
                picture.Recover();
            else
                throw new InputException(
                    $"{path} holds edits of a picture that {Files.PanopticPath} does not have; put the picture back, or move the file away"
                );
        Recovered = Save();
    }
}
