using System.Globalization;

namespace Groundling.Data.Benchmark;

/// <summary>Reads both annotation files once, on all processors, and packs what grounding needs.</summary>
/// <remarks>
/// Content after the header: six numbers of four bytes (narratives in the file, images, examples, and where the image table, the
/// example table and the tail begin); images; examples; the two tables of places; the tail of categories and faults.
/// </remarks>
internal sealed class IndexBuilder
{
    private readonly IndexBuffer _buffer = new();
    private readonly BenchmarkFaults _faults = new();
    private readonly Dictionary<string, int> _ordinals = [];
    private readonly string _narrativesPath;
    private readonly PanopticAnnotations _panoptic;

    private IndexBuilder(string narrativesPath, string panopticPath) =>
        (_narrativesPath, _panoptic) = (narrativesPath, PanopticAnnotations.Read(panopticPath, _faults));

    /// <returns>The index; its header is still blank.</returns>
    /// <exception cref="InputException">A file cannot be read, is not JSON, or is cut short.</exception>
    public static byte[] Build(string narrativesPath, string panopticPath) => new IndexBuilder(narrativesPath, panopticPath).Build();

    private byte[] Build()
    {
        _buffer.Reserve(IndexFile.HeaderBytes + 6 * 4).Clear();
        var images = Images();
        var (examples, narratives) = Examples();
        int imageTable = Table(images),
            exampleTable = Table(examples),
            tail = _buffer.Length;
        Tail();
        int[] numbers = [narratives, images.Count, examples.Count, imageTable, exampleTable, tail];
        for (int i = 0; i < numbers.Length; i++)
            _buffer.Patch(IndexFile.HeaderBytes + 4 * i, numbers[i]);
        return _buffer.ToArray();
    }

    private List<int> Images()
    {
        var places = new List<int>(_panoptic.Annotations.Count);
        foreach (var annotation in _panoptic.Annotations.Values)
        {
            var picture = _panoptic.Pictures.GetValueOrDefault(
                annotation.ImageId,
                new PanopticPicture(PanopticPart.UsualName(annotation.ImageId, ".jpg"), 0, 0)
            );
            _ordinals.Add(annotation.ImageId, places.Count);
            places.Add(_buffer.Length);
            _buffer.Number(long.Parse(annotation.ImageId, CultureInfo.InvariantCulture));
            _buffer.Text(picture.FileName);
            _buffer.Text(annotation.FileName);
            _buffer.Number(picture.Width);
            _buffer.Number(picture.Height);
            _buffer.Number(annotation.Segments.Count);
            foreach (var segment in annotation.Segments)
            foreach (
                int number in (ReadOnlySpan<int>)
                    [
                        segment.Id,
                        segment.CategoryId,
                        segment.Area,
                        segment.Box.X,
                        segment.Box.Y,
                        segment.Box.Width,
                        segment.Box.Height,
                        segment.IsCrowd ? 1 : 0,
                    ]
            )
                _buffer.Number(number);
        }
        return places;
    }

    private (List<int> Places, int Narratives) Examples()
    {
        var places = new List<int>();
        var seen = new HashSet<(string Image, int Annotator, string Caption)>();
        int count = 0;
        foreach (var part in OrderedWork.Select(JsonRecords.ReadBatches(_narrativesPath), Part))
        {
            _faults.Add(part.Faults);
            count += part.Count;
            foreach (var (number, key) in part.Keys)
                if (!seen.Add(key))
                    _faults.Add(FaultKind.RepeatedNarrative, $"{_narrativesPath}, narrative {number}: image {key.Image}");
            int start = _buffer.Length;
            _buffer.Bytes(part.Buffer.Written);
            places.AddRange(part.Places.Select(place => start + place));
        }
        return count > 0
            ? (places, count)
            : throw new InputException($"{_narrativesPath} holds no narratives; give a png_coco_*.json file.");
    }

    private NarrativePart Part(JsonBatch batch)
    {
        if (batch.Section.Length > 0)
            throw new InputException(
                $"{_narrativesPath} is not a list of narratives but an object with \"{batch.Section}\"; give a png_coco_*.json file."
            );
        var part = new NarrativePart(_narrativesPath, _panoptic, _ordinals, batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            using var record = batch.Parse(i);
            part.Add(batch.First + i, record.RootElement);
        }
        return part;
    }

    private int Table(List<int> places)
    {
        int at = _buffer.Length;
        foreach (int place in places)
            _buffer.Fixed(place);
        return at;
    }

    private void Tail()
    {
        _buffer.Number(_panoptic.Categories.Count);
        foreach (var category in _panoptic.Categories.Values)
        {
            _buffer.Number(category.Id);
            _buffer.Text(category.Name);
            _buffer.Text(category.Supercategory);
            _buffer.Number(category.IsThing ? 1 : 0);
        }
        _buffer.Number(_faults.Kinds.Count);
        foreach (var kind in _faults.Kinds)
        {
            var examples = _faults.ExamplesOf(kind);
            _buffer.Number((int)kind);
            _buffer.Number(_faults[kind]);
            _buffer.Number(examples.Count);
            foreach (var example in examples)
                _buffer.Text(example);
        }
    }
}
