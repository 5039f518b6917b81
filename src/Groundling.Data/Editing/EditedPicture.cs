using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>A picture whose annotation is edited. Safe for several threads.</summary>
/// <remarks>What <see cref="Apply"/> has returned from is on the disk, whatever happens to the process then.</remarks>
public sealed class EditedPicture
{
    private readonly Lock _lock = new();
    private readonly EditSession _session;
    private readonly string _panopticName;
    private Loaded? _loaded;
    private int _saved;

    internal EditedPicture(EditSession session, PanopticAnnotation annotation, PanopticPicture picture)
    {
        (_session, _panopticName) = (session, annotation.FileName);
        (Id, FileName, DeclaredSize) = (annotation.ImageId, picture.FileName, (picture.Width, picture.Height));
    }

    /// <summary>The image's id, without leading zeros.</summary>
    public string Id { get; }

    /// <summary>The picture's file name.</summary>
    public string FileName { get; }

    /// <summary>Where the picture lies.</summary>
    public string Path => _session.Files.PicturePathOf(FileName);

    /// <summary>The annotation as it is.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public EditState State => With(loaded => loaded.State());

    internal (int Width, int Height) DeclaredSize { get; }

    internal string JournalPath => _session.JournalPathOf(Id);

    /// <summary>The annotation with its pixels, of one moment.</summary>
    /// <returns>The state, the picture's size, and the whole map as runs from no segment to what is there.</returns>
    /// <exception cref="InputException">It cannot be read.</exception>
    public (EditState State, int Width, int Height, IReadOnlyList<PixelRun> Map) Read() =>
        With(loaded =>
            (loaded.State(), loaded.Document.Map.Width, loaded.Document.Map.Height, (IReadOnlyList<PixelRun>)loaded.Document.Map.Runs())
        );

    /// <summary>A segment's pixels.</summary>
    /// <param name="segment">Its id; 0 for those of no segment.</param>
    /// <exception cref="InputException">The annotation cannot be read.</exception>
    public RunLengthMask MaskOf(int segment) =>
        With(loaded => PanopticPng.MaskOf(loaded.Document.Map.Ids, loaded.Document.Map.Width, loaded.Document.Map.Height, [segment]));

    /// <summary>Does one edit; when this returns, the disk has it.</summary>
    /// <param name="edit">What to do.</param>
    /// <param name="version">The <see cref="EditState.Version"/> that it was made for; null for whatever there is.</param>
    /// <param name="key">
    /// Any text that no other edit has: sent a second time, because the first answer was lost, the edit is not done again.
    /// </param>
    /// <exception cref="EditConflictException">Another editor was faster.</exception>
    /// <exception cref="InputException">It cannot be done, or the annotation cannot be read.</exception>
    /// <exception cref="IOException">The disk does not take it; nothing has changed.</exception>
    public EditResult Apply(Edit edit, string? version = null, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(edit);
        return With(loaded =>
        {
            if (key is not null && key == loaded.LastKey)
                return new(loaded.State(), loaded.LastChanges);
            if (version is not null && version != loaded.Version)
                throw new EditConflictException();
            var changes = loaded.Document.Apply(edit, () => loaded.Keep(new(edit, key), JournalPath));
            (loaded.Count, loaded.LastKey, loaded.LastChanges) = (loaded.Count + 1, key, changes);
            return new EditResult(loaded.State(), changes);
        });
    }

    /// <summary>Takes the last step back.</summary>
    /// <inheritdoc cref="Apply" path="/exception"/>
    public EditResult Undo() => Apply(new Edit.Undo());

    /// <summary>Does again what was taken back last.</summary>
    /// <inheritdoc cref="Apply" path="/exception"/>
    public EditResult Redo() => Apply(new Edit.Redo());

    /// <summary>Whether there are edits that the data's files do not have.</summary>
    internal bool IsDirty
    {
        get
        {
            lock (_lock)
                return _loaded is { } loaded ? loaded.Count != _saved : _saved < 0;
        }
    }

    /// <summary>Says that a journal lies there, of whose edits nobody knows whether the files have them.</summary>
    internal void Recover() => _saved = -1;

    /// <summary>What the files are to hold; null where they do.</summary>
    internal Folded? Fold() =>
        !IsDirty
            ? null
            : With(loaded =>
            {
                var (document, map, boxes) = (loaded.Document, loaded.Document.Map, loaded.Document.Map.Boxes());
                return new Folded(
                    new(
                        Id,
                        _panopticName,
                        document.Narratives,
                        [.. document.Segments.Where(s => s.Area > 0).Select(s => (s, boxes[s.Id]))]
                    ),
                    PanopticPng.Encode(map.Ids, map.Width, map.Height),
                    loaded.Count
                );
            });

    /// <summary>Says that the files have what was folded.</summary>
    internal void Saved(Folded folded)
    {
        lock (_lock)
            _saved = folded.Count;
    }

    /// <summary>Lets go of the memory; the journal holds what was done.</summary>
    /// <param name="forGood">Whether the journal goes, too, if the files have all of it.</param>
    internal void Unload(bool forGood = false)
    {
        lock (_lock)
        {
            if (_loaded is { } loaded && loaded.Count != _saved)
                _saved = -1;
            _loaded?.Journal?.Dispose();
            _loaded = null;
            if (forGood && _saved >= 0)
                File.Delete(JournalPath);
        }
    }

    private T With<T>(Func<Loaded, T> work)
    {
        T made;
        lock (_lock)
        {
            _session.RequireOpen();
            _loaded ??= Load();
            made = work(_loaded);
        }
        _session.Touched(this);
        return made;
    }

    private Loaded Load()
    {
        if (File.Exists(JournalPath) && EditJournal.Open(JournalPath) is var (journal, origin, entries))
        {
            var loaded = new Loaded(origin, origin.ToDocument(_session.Categories), journal.Origin) { Journal = journal };
            try
            {
                foreach (var entry in entries)
                    (loaded.LastChanges, loaded.LastKey) = (loaded.Document.Apply(entry.Edit, again: true), entry.Key);
            }
            catch (InputException e)
            {
                journal.Dispose();
                throw new InputException(
                    $"{JournalPath} holds an edit that cannot be done again: {e.Message}; move it away to go on without it",
                    e
                );
            }
            loaded.Count = entries.Count;
            return loaded;
        }
        var read = _session.ReadOrigin(this, _panopticName);
        return new(read, read.ToDocument(_session.Categories), EditJournal.ChecksumOf(read));
    }

    /// <summary>What the files are to hold after so many edits.</summary>
    internal sealed record Folded(AnnotationRewriter.Record Record, byte[] Map, int Count);

    private sealed class Loaded(EditOrigin origin, EditDocument document, uint checksum)
    {
        public EditDocument Document => document;

        public EditJournal? Journal { get; set; }

        public int Count { get; set; }

        public string? LastKey { get; set; }

        public IReadOnlyList<PixelRun> LastChanges { get; set; } = [];

        public string Version => $"{checksum:x8}-{Count}";

        public void Keep(EditJournal.Entry entry, string path)
        {
            if (Journal is null)
                Journal = EditJournal.Create(path, origin, entry);
            else
                Journal.Add(entry);
        }

        public EditState State() =>
            new(Version, document.Narratives, document.Segments, document.NextSegment, document.CanUndo, document.CanRedo);
    }
}
