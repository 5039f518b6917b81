using Groundling.Data;

namespace Groundling.Scenes.Narratives;

/// <summary>Finds, for things, descriptions that fit them and nothing else in the picture.</summary>
internal sealed class Describer(List<SceneSegment> things, HashSet<int> mentioned, Judge judge, Wording wording, SceneRandom random)
{
    private readonly HashSet<int> _inSentence = [];

    /// <summary>Forgets what the sentence before has said.</summary>
    public void BeginSentence() => _inSentence.Clear();

    /// <summary>A thing or a group, described so that nothing else fits.</summary>
    public Mention? Something(string side, bool fresh, bool subject = false)
    {
        foreach (var s in things)
        {
            if (fresh && mentioned.Contains(s.Id))
                continue;
            if (!random.Chance(0.7f) || (subject && s.Category.Name is "house" or "tree" or "lamp" or "sun" or "moon" or "fence"))
                continue;
            var item = Of(s, side);
            if (item is null || item.Who.Exists(w => _inSentence.Contains(w.Id)))
                continue;
            foreach (var w in item.Who)
                _inSentence.Add(w.Id);
            return item;
        }
        return null;
    }

    /// <summary>This thing, alone or with others.</summary>
    public Mention? Of(SceneSegment s, string side)
    {
        bool several = things.Exists(o => o != s && o.Category == s.Category);
        return several && random.Chance(0.55f) ? Group(s, side) ?? One(s, side) : One(s, side) ?? Group(s, side);
    }

    /// <summary>This thing alone; null where no words tell it from the others.</summary>
    public Mention? One(SceneSegment s, string side)
    {
        var claims = Claims(s, side);
        if (claims.Count == 0)
            return null;
        // Short and coloured descriptions first, but not always.
        var claim = claims[Math.Min(random.Int(claims.Count), random.Int(claims.Count))];
        return new Mention(wording.Singular(claim, mentioned.Contains(s.Id), side.Length == 0), [s], claim);
    }

    /// <summary>This thing and others that share what is said of them; null where no words fit.</summary>
    public Mention? Group(SceneSegment s, string side)
    {
        var claims = new List<PhraseClaim>();
        if (s.Category.Supercategory == "animal" && side.Length == 0 && random.Chance(0.3f))
            claims.Add(new PhraseClaim { Supercategory = "animal" });
        foreach (var claim in Combinations(s, side, sizes: false))
            claims.Add(claim);
        for (int attempt = 0; attempt < 6 && claims.Count > 0; attempt++)
        {
            var claim = claims[Math.Min(random.Int(claims.Count), random.Int(claims.Count))];
            var who = judge.Referents(claim);
            if (who is null || who.Count < 2 || !who.Contains(s))
                continue;
            if (claim.Category.Length == 0 && who.TrueForAll(w => w.Category == s.Category))
                continue;
            bool known = who.TrueForAll(w => mentioned.Contains(w.Id));
            var (text, said) = wording.Plural(claim, who.Count, known && random.Chance(0.8f), side.Length == 0);
            return new Mention(text, who, said);
        }
        return null;
    }

    /// <summary>Every claim that is true of this segment alone.</summary>
    public List<PhraseClaim> Claims(SceneSegment s, string side)
    {
        var claims = new List<PhraseClaim>();
        foreach (var claim in Combinations(s, side, sizes: true))
            if (judge.Referents(claim) is { Count: 1 } who && who[0] == s)
                claims.Add(claim);
        return claims;
    }

    private IEnumerable<PhraseClaim> Combinations(SceneSegment s, string side, bool sizes)
    {
        string category = s.Category.Name;
        bool worded =
            category == "person" || s.Kind is "sailboat" or "fishing boat" or "rowing boat" or "barn" or "pine tree" or "palm tree";
        string[] kinds =
            s.Kind == "barn" || category == "person" && random.Chance(0.8f) ? [s.Kind]
            : worded ? ["", s.Kind]
            : [""];
        string[] colours =
            s.Colour.Length == 0 ? [""]
            : category == "tree" && s.Kind.Length > 0 ? [""]
            : [s.Colour, ""];
        string[] materials = s.Material.Length == 0 ? [""] : ["", s.Material];
        string position = side.Length > 0 ? side : judge.SideOf(s);
        string[] positions =
            side.Length > 0 ? [side]
            : position.Length > 0 && !random.Chance(0.3f) ? ["", position]
            : [""];
        string[] extents = sizes ? ["", "small", "big"] : [""];
        foreach (string p in positions)
        foreach (string e in extents)
        foreach (string m in materials)
        foreach (string k in kinds)
        foreach (string c in colours)
            yield return new PhraseClaim
            {
                Category = category,
                Kind = k,
                Colour = c,
                Material = m,
                Size = e,
                Position = p,
            };
    }
}
