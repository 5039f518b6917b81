using System.Buffers.Binary;
using System.Globalization;

namespace Groundling.Data.Benchmark;

/// <summary>Both annotation files of a split in packed form; any example is read in microseconds.</summary>
internal sealed class BenchmarkIndex
{
    private readonly byte[] _bytes;
    private readonly int _imageTable,
        _exampleTable;
    private readonly List<(FaultKind Kind, int Count, List<string> Examples)> _faults = [];

    private BenchmarkIndex(byte[] bytes)
    {
        _bytes = bytes;
        (Narratives, Images, Examples) = (Fixed(0), Fixed(1), Fixed(2));
        (_imageTable, _exampleTable) = (Fixed(3), Fixed(4));
        var tail = new IndexCursor(bytes, Fixed(5));
        var categories = new Dictionary<int, PanopticCategory>();
        for (int left = tail.Integer(); left > 0; left--)
        {
            var category = new PanopticCategory(tail.Integer(), tail.Text(), tail.Text(), tail.Integer() == 1);
            categories.Add(category.Id, category);
        }
        Categories = categories;
        for (int left = tail.Integer(); left > 0; left--)
        {
            var (kind, count, examples) = ((FaultKind)tail.Integer(), tail.Integer(), new List<string>());
            for (int more = tail.Integer(); more > 0; more--)
                examples.Add(tail.Text());
            _faults.Add((kind, count, examples));
        }
    }

    /// <summary>Narratives in the file, good or not.</summary>
    public int Narratives { get; }

    /// <summary>Annotated images.</summary>
    public int Images { get; }

    /// <summary>Narratives with a caption and an annotated image.</summary>
    public int Examples { get; }

    public IReadOnlyDictionary<int, PanopticCategory> Categories { get; }

    /// <summary>True where the annotation files were read, false where the index beside them was still good.</summary>
    public bool WasBuilt { get; private init; }

    /// <summary>Why the index could not be kept beside the annotations; null where it was.</summary>
    public string? Note { get; private init; }

    /// <summary>Where a split's index lies.</summary>
    public static string PathFor(string narrativesPath) => Path.ChangeExtension(narrativesPath, ".index");

    /// <summary>
    /// Takes the index beside the annotations, or makes it where it is missing, damaged, of another version, or older than they are.
    /// </summary>
    /// <exception cref="InputException">An annotation file cannot be read, is not JSON, or is cut short.</exception>
    public static BenchmarkIndex Open(string narrativesPath, string panopticPath)
    {
        var (narratives, panoptic) = (SourceStamp.Of(narrativesPath), SourceStamp.Of(panopticPath));
        var path = PathFor(narrativesPath);
        if (IndexFile.TryRead(path, narratives, panoptic) is { } kept)
            return new BenchmarkIndex(kept);
        var bytes = IndexBuilder.Build(narrativesPath, panopticPath);
        IndexFile.Seal(bytes, narratives, panoptic);
        var why = IndexFile.TryWrite(path, bytes);
        return new BenchmarkIndex(bytes)
        {
            WasBuilt = true,
            Note = why is null ? null : $"{path} could not be written, so the annotations are read again each time: {why}",
        };
    }

    public void AddFaultsTo(BenchmarkFaults faults)
    {
        foreach (var (kind, count, examples) in _faults)
            faults.Add(kind, count, examples);
    }

    /// <summary>An example; its picture and panoptic PNG are file names without folder.</summary>
    public BenchmarkExample Example(int place)
    {
        var cursor = new IndexCursor(_bytes, Place(_exampleTable, place));
        var (number, image, text) = (cursor.Integer(), cursor.Integer(), cursor.Text());
        var bare = Image(image);
        var phrases = new BenchmarkPhrase[cursor.Integer()];
        for (int i = 0; i < phrases.Length; i++)
        {
            var (start, length, plural) = (cursor.Integer(), cursor.Integer(), cursor.Integer() == 1);
            var segments = new PanopticSegment[cursor.Integer()];
            for (int k = 0; k < segments.Length; k++)
                segments[k] = bare.Segments[cursor.Integer()];
            bool isThing = Categories.TryGetValue(segments[^1].CategoryId, out var category) && category.IsThing;
            phrases[i] = new BenchmarkPhrase(new PhraseSpan(start, length, text.Substring(start, length)), segments, plural, isThing);
        }
        return bare with { Index = number, Caption = new Caption(text, [.. phrases.Select(p => p.Span)]), Phrases = phrases };
    }

    private BenchmarkExample Image(int ordinal)
    {
        var cursor = new IndexCursor(_bytes, Place(_imageTable, ordinal));
        var id = cursor.Number().ToString(CultureInfo.InvariantCulture);
        var (picture, map, width, height) = (cursor.Text(), cursor.Text(), cursor.Integer(), cursor.Integer());
        var segments = new PanopticSegment[cursor.Integer()];
        for (int i = 0; i < segments.Length; i++)
            segments[i] = new PanopticSegment(
                cursor.Integer(),
                cursor.Integer(),
                cursor.Integer(),
                new Box(cursor.Integer(), cursor.Integer(), cursor.Integer(), cursor.Integer()),
                cursor.Integer() == 1
            );
        return new BenchmarkExample(0, id, new Caption("", []), [], picture, map)
        {
            Width = width,
            Height = height,
            Segments = segments,
        };
    }

    private int Place(int table, int index) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(table + 4 * index));

    private int Fixed(int index) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(IndexFile.HeaderBytes + 4 * index));
}
