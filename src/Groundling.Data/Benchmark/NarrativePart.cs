using System.Text.Json;

namespace Groundling.Data.Benchmark;

/// <summary>The narratives of one batch, packed: caption, phrases, and which of the image's segments they stand for.</summary>
internal sealed class NarrativePart(string path, PanopticAnnotations panoptic, Dictionary<string, int> ordinals, int count)
{
    /// <summary>Narratives in the batch, good or not.</summary>
    public int Count => count;

    public IndexBuffer Buffer { get; } = new();

    /// <summary>Where each example begins in <see cref="Buffer"/>.</summary>
    public List<int> Places { get; } = [];

    /// <summary>By what a repeated narrative is known.</summary>
    public List<(int Number, (string Image, int Annotator, string Caption) Key)> Keys { get; } = [];

    public BenchmarkFaults Faults { get; } = new();

    public void Add(int number, JsonElement record)
    {
        var where = $"{path}, narrative {number}";
        try
        {
            Add(number, where, Narrative.From(record, where, Faults));
        }
        catch (InputException e)
        {
            Faults.Add(FaultKind.UnreadableRecord, e.Message);
        }
    }

    private void Add(int number, string where, Narrative narrative)
    {
        Keys.Add((number, (narrative.ImageId, narrative.AnnotatorId, narrative.Caption)));
        if (string.IsNullOrWhiteSpace(narrative.Caption))
        {
            Faults.Add(FaultKind.EmptyCaption, where);
            return;
        }
        if (!panoptic.Annotations.TryGetValue(narrative.ImageId, out var annotation))
        {
            Faults.Add(FaultKind.ImageWithoutAnnotation, $"{where}: image {narrative.ImageId}");
            return;
        }
        var placed = narrative.ToCaption();
        foreach (var utterance in placed.Unplaced)
            Faults.Add(FaultKind.UnplacedUtterance, $"{where}: \"{utterance}\"");
        var known = new Dictionary<int, int>();
        for (int i = 0; i < annotation.Segments.Count; i++)
            known.Add(annotation.Segments[i].Id, i);

        var phrases = new List<(PhraseSpan Span, bool Plural, List<int> Segments)>();
        foreach (int i in placed.Grounded)
            if (Segments(placed.Sources[i], annotation, known, where) is { Count: > 0 } segments)
                phrases.Add((placed.Caption.Phrases[i], placed.Sources[i].Plural, segments));
        Places.Add(Buffer.Length);
        Buffer.Number(number);
        Buffer.Number(ordinals[narrative.ImageId]);
        Buffer.Text(narrative.Caption);
        Buffer.Number(phrases.Count);
        foreach (var (span, plural, segments) in phrases)
        {
            Buffer.Number(span.Start);
            Buffer.Number(span.Length);
            Buffer.Number(plural ? 1 : 0);
            Buffer.Number(segments.Count);
            foreach (int segment in segments)
                Buffer.Number(segment);
        }
    }

    private List<int> Segments(NarrativeSegment source, PanopticAnnotation annotation, Dictionary<int, int> known, string where)
    {
        var segments = new List<int>();
        foreach (int id in source.SegmentIds)
            if (known.TryGetValue(id, out int place))
                segments.Add(place);
            else
                Faults.Add(FaultKind.MissingSegment, $"{where}: segment {id} of image {annotation.ImageId}");
        if (segments.Count == 0)
            Faults.Add(FaultKind.PhraseWithoutSegments, $"{where}: \"{source.Utterance}\"");
        return segments;
    }
}
