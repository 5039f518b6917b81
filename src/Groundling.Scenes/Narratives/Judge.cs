using Groundling.Data;

namespace Groundling.Scenes.Narratives;

/// <summary>Decides which visible segments a claim is true of; borderline cases make a claim unusable instead of wrong.</summary>
internal sealed class Judge(List<SceneSegment> segments, int size)
{
    private enum Fit
    {
        No,
        Unclear,
        Yes,
    }

    /// <summary>All segments that fit; null where one is borderline.</summary>
    public List<SceneSegment>? Referents(PhraseClaim claim)
    {
        var found = new List<SceneSegment>();
        foreach (var segment in segments)
        {
            var fit = Fits(claim, segment);
            if (fit == Fit.Unclear)
                return null;
            if (fit == Fit.Yes)
                found.Add(segment);
        }
        return found;
    }

    public string SideOf(SceneSegment segment)
    {
        foreach (string side in (ReadOnlySpan<string>)["left", "right", "middle"])
            if (Position(side, segment) == Fit.Yes)
                return side;
        return "";
    }

    private Fit Fits(PhraseClaim claim, SceneSegment s)
    {
        bool named =
            claim.Category.Length > 0
                ? s.Category.Name == claim.Category
                : s.Category.Supercategory == claim.Supercategory && s.Category.IsThing;
        if (
            !named
            || (claim.Kind.Length > 0 && s.Kind != claim.Kind)
            || (claim.Colour.Length > 0 && s.Colour != claim.Colour)
            || (claim.Material.Length > 0 && s.Material != claim.Material)
        )
            return Fit.No;
        var position = claim.Position.Length == 0 ? Fit.Yes : Position(claim.Position, s);
        var extent = claim.Size.Length == 0 ? Fit.Yes : Size(claim.Size, s);
        return position < extent ? position : extent;
    }

    private Fit Position(string side, SceneSegment s)
    {
        float x = (s.X + s.Width * 0.5f) / size;
        if (s.Width > 0.5f * size)
            return Fit.Unclear;
        if (side == "middle")
            return x is > 0.42f and < 0.58f ? Fit.Yes
                : x is > 0.35f and < 0.65f ? Fit.Unclear
                : Fit.No;
        if (side == "right")
            x = 1f - x;
        return x < 0.37f ? Fit.Yes
            : x < 0.46f ? Fit.Unclear
            : Fit.No;
    }

    private Fit Size(string word, SceneSegment s)
    {
        bool others = false,
            clear = true;
        foreach (var o in segments)
        {
            if (o == s || o.Category != s.Category)
                continue;
            others = true;
            var (large, little) = word == "big" ? (s, o) : (o, s);
            if (little.Area > large.Area * 1.3f)
                return Fit.No;
            clear &= large.Area >= 1.7f * little.Area && large.Height >= 1.2f * little.Height;
        }
        return !others ? Fit.No
            : clear ? Fit.Yes
            : Fit.Unclear;
    }
}
