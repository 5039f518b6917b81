using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Export.Coco;

/// <summary>COCO's panoptic format: panoptic.json, and panoptic/NAME.png with ids R + 256 G + 65536 B.</summary>
/// <remarks>
/// A pixel of several masks belongs to the phrase of the highest score, of equal scores to the earlier. A category of stuff has one segment
/// a picture, however many phrases name it.
/// </remarks>
internal sealed class CocoPanoptic(string folder) : IExportFormat
{
    private readonly CocoFile _file = new(folder, "panoptic.json");

    public string Result => _file.Path;

    public void Add(SortedPicture picture)
    {
        var name = $"{picture.Picture.Name}.png";
        var map = PanopticResult.From([.. picture.Phrases.Select(phrase => phrase.Grounded)], picture.Width, picture.Height);
        var groups = map
            .Segments.Select(kept => (Phrase: picture.Phrases[kept.Phrase], kept.Segment))
            .GroupBy(kept => kept.Phrase.Category.IsThing ? -kept.Segment.Id : kept.Phrase.Category.Number) // each thing for itself
            .Select(group => group.ToList())
            .ToList();
        Unite(map.Ids, groups);
        FolderWriter.Write(Path.Combine(folder, "panoptic"), [(name, PanopticPng.Encode(map.Ids, picture.Width, picture.Height))]);
        _file.Annotations.Add(new CocoMap(_file.Add(picture), name, [.. groups.Select(Segment)]), ExportJsonContext.Plain.CocoMap);
    }

    public void Finish(IReadOnlyList<Category> categories) => _file.Finish(categories);

    public void Dispose() => _file.Dispose();

    /// <summary>Gives all segments of a group the id of its first.</summary>
    private static void Unite(Span<int> ids, IEnumerable<List<(SortedPhrase Phrase, PanopticSegment Segment)>> groups)
    {
        foreach (var group in groups)
        foreach (var (_, segment) in group.Skip(1))
            ids.Replace(segment.Id, group[0].Segment.Id);
    }

    private static CocoSegment Segment(List<(SortedPhrase Phrase, PanopticSegment Segment)> group)
    {
        var first = group[0];
        var boxes = group.Select(member => member.Segment.Box).ToList();
        int left = boxes.Min(box => box.X),
            top = boxes.Min(box => box.Y);
        return new(
            first.Segment.Id,
            CocoFile.IdOf(first.Phrase.Category),
            group.Sum(member => (long)member.Segment.Area),
            [left, top, boxes.Max(box => box.X + box.Width) - left, boxes.Max(box => box.Y + box.Height) - top],
            first.Phrase.IsCrowd ? 1 : 0,
            [.. group.Select(member => member.Phrase.ToRecord())]
        );
    }
}
