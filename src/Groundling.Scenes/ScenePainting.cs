using System.Numerics;
using Groundling.Data;
using Groundling.Scenes.Drawing;
using Groundling.Scenes.Worlds;

namespace Groundling.Scenes;

/// <summary>A stage drawn: pixels, panoptic map, and the segments one can see.</summary>
internal sealed class ScenePainting
{
    // Smaller or more hidden things are taken off the stage: nobody could say what they are.
    private const float LeastShare = 0.0014f;
    private const float LeastVisible = 0.42f;
    private const float LeastStuffShare = 0.003f;

    public required byte[] Rgb { get; init; }

    public required int[] SegmentIds { get; init; }

    public required List<SceneSegment> Segments { get; init; }

    public static ScenePainting Draw(Stage stage, Canvas canvas)
    {
        var painter = new StagePainter(stage, canvas);
        var skipped = new HashSet<int>();
        painter.Paint(skipped);
        var regions = Region.Of(canvas.Owners, canvas.Width, Canvas.Nobody);
        for (int i = 0; i < stage.Things.Count; i++)
        {
            int area = regions.TryGetValue(StagePainter.FirstThing + i, out var region) ? region.Area : 0;
            if (area < LeastShare * canvas.Owners.Length || area < LeastVisible * painter.WholeArea(i))
                skipped.Add(i);
        }
        if (skipped.Count > 0)
        {
            painter.Paint(skipped);
            regions = Region.Of(canvas.Owners, canvas.Width, Canvas.Nobody);
        }
        return Describe(stage, canvas, regions);
    }

    private static ScenePainting Describe(Stage stage, Canvas canvas, SortedDictionary<int, Region> regions)
    {
        var ids = new SegmentColours();
        var segments = new List<SceneSegment>();
        var idOf = new Dictionary<int, int> { [Canvas.Nobody] = 0 };
        foreach (var (owner, region) in regions)
        {
            bool thing = owner >= StagePainter.FirstThing;
            if (region.Area < (thing ? LeastShare * 0.5f : LeastStuffShare) * canvas.Owners.Length)
            {
                idOf[owner] = 0;
                continue;
            }
            int id = ids.Next();
            idOf[owner] = id;
            var what = thing ? stage.Things[owner - StagePainter.FirstThing] : null;
            segments.Add(
                region.Frame(
                    new SceneSegment
                    {
                        Id = id,
                        Category = what is null ? SceneCategories.Numbered(owner) : SceneCategories.Named(what.Category),
                        Kind = what?.Kind ?? "",
                        Colour = what?.Colour ?? "",
                        Material = what?.Material ?? "",
                        Pose = what?.Pose ?? "",
                    }
                )
            );
        }
        var map = new int[canvas.Owners.Length];
        int last = Canvas.Nobody,
            lastId = 0;
        for (int i = 0; i < map.Length; i++)
        {
            int owner = canvas.Owners[i];
            if (owner != last)
                (last, lastId) = (owner, idOf[owner]);
            map[i] = lastId;
        }
        return new ScenePainting
        {
            Rgb = Develop(canvas),
            SegmentIds = map,
            Segments = segments,
        };
    }

    /// <summary>Eight bits a channel, a little darker towards the corners.</summary>
    private static byte[] Develop(Canvas canvas)
    {
        var rgb = new byte[canvas.Pixels.Length * 3];
        float size = canvas.Width;
        for (int y = 0, at = 0; y < canvas.Height; y++)
        {
            float v = (y + 0.5f) / size - 0.5f;
            for (int x = 0; x < canvas.Width; x++, at += 3)
            {
                float u = (x + 0.5f) / size - 0.5f;
                Vector4 c = canvas.Pixels[y * canvas.Width + x] * (255f - 48f * (u * u + v * v));
                rgb[at] = Byte(c.X);
                rgb[at + 1] = Byte(c.Y);
                rgb[at + 2] = Byte(c.Z);
            }
        }
        return rgb;
    }

    private static byte Byte(float v) =>
        v <= 0f ? (byte)0
        : v >= 254.5f ? (byte)255
        : (byte)(int)(v + 0.5f);
}
