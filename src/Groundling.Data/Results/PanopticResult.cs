using System.Text.Json;
using Groundling.Data.Benchmark;

namespace Groundling.Data;

/// <summary>A grounding as one panoptic map: where masks overlap, the phrase with the higher score has the pixel.</summary>
/// <param name="Ids">[height, width]; 0 where no phrase is.</param>
/// <param name="Segments">The phrases that kept any pixel: the phrase's place in the grounding, and its segment.</param>
/// <param name="Categories">The distinct phrase texts; the category id is the place plus 1.</param>
public sealed record PanopticResult(
    int[] Ids,
    IReadOnlyList<(int Phrase, PanopticSegment Segment)> Segments,
    IReadOnlyList<string> Categories
)
{
    /// <summary>Resolves overlaps. Of equal scores the earlier phrase wins.</summary>
    public static PanopticResult From(Grounding grounding)
    {
        ArgumentNullException.ThrowIfNull(grounding);
        return From(grounding.Phrases, grounding.Picture.Width, grounding.Picture.Height);
    }

    /// <summary>Resolves the overlaps of masks whose picture is not at hand. Of equal scores the earlier phrase wins.</summary>
    /// <param name="phrases">The phrases with their masks.</param>
    /// <param name="width">The picture's columns.</param>
    /// <param name="height">The picture's rows.</param>
    /// <exception cref="ArgumentException">A mask has another size.</exception>
    public static PanopticResult From(IReadOnlyList<GroundedPhrase> phrases, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(phrases);
        var colours = PhrasePalette.Take(phrases.Count);
        var ids = new int[width * height];
        var inside = new byte[ids.Length];

        // 1. Paint from the lowest score to the highest.
        foreach (int i in Enumerable.Range(0, phrases.Count).OrderBy(i => phrases[i].Score).ThenByDescending(i => i))
        {
            var box = phrases[i].Mask.Box;
            phrases[i].Mask.CopyTo(inside);
            for (int y = box.Y; y < box.Y + box.Height; y++)
            for (int at = y * width + box.X, end = at + box.Width; at < end; at++)
                if (inside[at] != 0)
                    ids[at] = colours[i].PanopticId;
        }

        // 2. Count what is left of each.
        var extents = Extents(ids, width);
        var categories = new List<string>();
        var categoryOf = new Dictionary<string, int>();
        var segments = new List<(int, PanopticSegment)>();
        for (int i = 0; i < phrases.Count; i++)
        {
            if (!extents.TryGetValue(colours[i].PanopticId, out var kept))
                continue;
            var text = phrases[i].Span.Text;
            if (!categoryOf.TryGetValue(text, out int category))
            {
                categories.Add(text);
                categoryOf.Add(text, category = categories.Count);
            }
            segments.Add((i, new PanopticSegment(colours[i].PanopticId, category, kept.Area, kept.Box, IsCrowd: false)));
        }
        return new PanopticResult(ids, segments, categories);
    }

    /// <summary>panoptic.json: COCO's images, annotations and categories for one picture.</summary>
    /// <param name="grounding">The grounding that this was made of.</param>
    /// <param name="imageName">What the file calls the picture.</param>
    /// <param name="panopticName">The panoptic PNG's file name.</param>
    public string ToJson(Grounding grounding, string imageName, string panopticName)
    {
        ArgumentNullException.ThrowIfNull(grounding);
        var document = PanopticDocument.From(this, grounding.Picture.Width, grounding.Picture.Height, imageName, panopticName);
        return JsonSerializer.Serialize(document, GroundingJsonContext.Indented.PanopticDocument);
    }

    private static Dictionary<int, (int Area, Box Box)> Extents(int[] ids, int width)
    {
        var found = new Dictionary<int, (int Area, int Left, int Top, int Right, int Bottom)>();
        for (int start = 0; start < ids.Length; )
        {
            int id = ids[start],
                y = start / width,
                rowEnd = (y + 1) * width,
                end = start + 1;
            while (end < rowEnd && ids[end] == id)
                end++;
            if (id != 0)
            {
                int left = start - y * width,
                    right = end - 1 - y * width;
                found[id] = found.TryGetValue(id, out var e)
                    ? (e.Area + end - start, Math.Min(e.Left, left), e.Top, Math.Max(e.Right, right), y)
                    : (end - start, left, y, right, y);
            }
            start = end;
        }
        return found.ToDictionary(
            f => f.Key,
            f => (f.Value.Area, new Box(f.Value.Left, f.Value.Top, f.Value.Right - f.Value.Left + 1, f.Value.Bottom - f.Value.Top + 1))
        );
    }
}
