using System.Text.Json;

namespace Groundling.Data.Benchmark;

/// <summary>One narrative of the Panoptic Narrative Grounding benchmark.</summary>
/// <param name="ImageId">The COCO image, without leading zeros.</param>
/// <param name="AnnotatorId">Who told the narrative.</param>
/// <param name="Caption">The whole text.</param>
/// <param name="Segments">The utterances, which tile the caption in order.</param>
public sealed record Narrative(string ImageId, int AnnotatorId, string Caption, IReadOnlyList<NarrativeSegment> Segments)
{
    /// <summary>Places the utterances in the caption by walking both together; never throws.</summary>
    /// <returns>The caption with its noun phrases. An utterance that cannot be found is listed, and its phrase left out.</returns>
    public NarrativeCaption ToCaption()
    {
        var walk = new UtteranceWalk(Caption);
        var spans = new List<PhraseSpan>();
        var sources = new List<NarrativeSegment>();
        var unplaced = new List<string>();
        foreach (var segment in Segments)
        {
            if (string.IsNullOrWhiteSpace(segment.Utterance) && !segment.IsGrounded)
                continue;
            if (walk.Next(segment.Utterance) is not var (start, end))
            {
                unplaced.Add(segment.Utterance);
                continue;
            }
            if (!segment.Noun && !segment.IsGrounded)
                continue;
            spans.Add(new PhraseSpan(start, end - start, Caption[start..end]));
            sources.Add(segment);
        }
        return new NarrativeCaption(new Caption(Caption, spans), sources, unplaced);
    }

    internal static Narrative From(JsonElement record, string where, BenchmarkFaults? faults = null)
    {
        var fields = new AnnotationFields(record, where);
        var segments = new List<NarrativeSegment>();
        bool hasNumbers = false;
        foreach (var segment in fields.List("segments"))
        {
            var parts = new AnnotationFields(segment, $"{where}, segment {segments.Count}");
            segments.Add(
                new NarrativeSegment(parts.Text("utterance"), parts.Integers("segment_ids"), parts.Flag("plural"), parts.Flag("noun"))
            );
            hasNumbers |= segments[^1].IsGrounded && segment.GetProperty("segment_ids")[0].ValueKind == JsonValueKind.Number;
        }
        if (hasNumbers)
            faults?.Add(FaultKind.NumberIds, where);
        return new Narrative(fields.ImageId("image_id"), fields.Integer("annotator_id", otherwise: 0), fields.Text("caption"), segments);
    }
}
