namespace Groundling.Scenes.Narratives;

/// <summary>Where segments are with respect to one another.</summary>
internal sealed class Surroundings(List<SceneSegment> stuff, int[] map, int size, SceneRandom random)
{
    /// <summary>The stuff just below a segment.</summary>
    public SceneSegment? Below(SceneSegment s)
    {
        int x = s.X + s.Width / 2,
            y = s.Y + s.Height + Math.Max(1, size / 128);
        if (y >= size)
            return null;
        int id = map[y * size + x];
        return stuff.Find(o => o.Id == id);
    }

    public bool InSky(SceneSegment s) => Below(s) is { Category.Name: "sky" or "cloud" };

    public static bool Flying(SceneSegment s) => s.Pose == "flying" || s.Category.Name is "balloon" or "kite" or "sun" or "moon";

    /// <summary>near, in front of, behind; or empty.</summary>
    public string Between(SceneSegment a, SceneSegment b)
    {
        // Who holds an umbrella is neither before nor behind it.
        if ((a.Pose == "holding" && b.Category.Name == "umbrella") || (b.Pose == "holding" && a.Category.Name == "umbrella"))
            return "";
        float scale = size;
        float gap = Math.Max(Math.Max(a.X - (b.X + b.Width), b.X - (a.X + a.Width)), 0) / scale;
        float overlap = Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X);
        float nearer = (a.Y + a.Height - b.Y - b.Height) / scale;
        if (overlap > 0.5f * Math.Min(a.Width, b.Width) && a.Y < b.Y + b.Height && b.Y < a.Y + a.Height)
            return nearer > 0.025f ? "in front of"
                : nearer < -0.025f ? "behind"
                : "";
        return gap < 0.04f && Math.Abs(nearer) < 0.07f && overlap < 0.3f * Math.Min(a.Width, b.Width)
            ? random.Pick("near", "beside", "next to")
            : "";
    }
}
