using Groundling.Data;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Narratives;

/// <summary>The kinds of sentence in the middle of a narrative; each says nothing and returns false where the picture lacks it.</summary>
internal sealed class Sentences(Telling telling)
{
    private readonly HashSet<(int, int)> _related = [];
    private readonly HashSet<int> _doing = [],
        _coloured = [];
    private bool _remarked,
        _bottomed;

    /// <summary>Adds one sentence, if it finds one.</summary>
    public void Add()
    {
        for (int attempt = 0; attempt < 8; attempt++)
        {
            int before = telling.Text.Utterances.Count;
            telling.Describer.BeginSentence();
            float t = telling.Random.Float();
            bool said =
                t < 0.26f ? Side()
                : t < 0.5f ? Doing()
                : t < 0.66f ? Relation()
                : t < 0.75f ? ColourOf()
                : t < 0.86f ? More()
                : t < 0.93f ? Ground()
                : Remark();
            if (said)
                return;
            telling.Text.Cut(before);
        }
    }

    private bool Side()
    {
        string side = telling.Random.Pick("left", "right", "left", "right", "middle");
        if (side == "middle")
            telling.Text.Words("in").Noun(telling.Random.Pick("the middle", "the center")).Words("of the").Noun(telling.Picture);
        else if (telling.Random.Chance(0.6f))
            telling.Text.Words("on").Noun("the " + side + " side").Words("of the").Noun(telling.Picture);
        else
            telling.Text.Words("to").Noun("the " + side);
        bool verb = telling.Random.Chance(0.55f);
        if (!verb)
            telling.Text.Words(telling.Random.Pick("i can see", "we can see"));
        if (!telling.List(telling.Random.Int(1, 2), side, verb))
            return false;
        telling.Text.Stop();
        return true;
    }

    private bool More()
    {
        var unsaid = telling.Stuff.Find(s => !telling.Mentioned.Contains(s.Id) && s.Area > 0.02f * telling.Size * telling.Size);
        if (unsaid is not null && telling.Random.Chance(0.4f))
        {
            telling.Text.Words(telling.Random.Pick("we can see", "i can see", "we can also see"));
            telling.Say(unsaid, telling.StuffWords.Of(unsaid.Category.Name));
            if (telling.Describer.Something("", true) is { } more)
            {
                telling.Text.Words("and");
                telling.Say(more);
            }
            telling.Text.Stop();
            return true;
        }
        telling.Text.Words(telling.Random.Pick("we can also see", "there is also", "i can also see", "we can also see"));
        if (telling.Text.Utterances[^1].Text.Contains("there is also", StringComparison.Ordinal))
        {
            var one = telling.Describer.Something("", true);
            if (one is null || one.Who.Count > 1)
                return false;
            telling.Say(one);
        }
        else if (!telling.List(telling.Random.Int(1, 3), "", false))
        {
            return false;
        }
        telling.Text.Stop();
        return true;
    }

    // "a man in a red shirt is walking on the sand"
    private bool Doing()
    {
        var item = telling.Describer.Something("", fresh: telling.Random.Chance(0.6f), subject: true);
        if (item is null)
            return false;
        var first = item.Who[0];
        if (item.Who.Exists(s => s.Category != first.Category))
            return false;
        string pose = item.Who.TrueForAll(s => s.Pose == first.Pose) ? first.Pose : "";
        var below = telling.Around.Below(first);
        if (!item.Who.TrueForAll(s => telling.Around.Below(s) == below))
            below = null;
        string verb = (first.Category.Name, pose) switch
        {
            ("bird" or "balloon" or "kite", _) when pose == "flying" || first.Category.Name != "bird" => "flying",
            (_, "standing" or "walking" or "sitting" or "grazing" or "parked" or "moving") => pose,
            (_, "waving" or "holding") => "standing",
            ("boat", _) => telling.Random.Pick("sailing", "floating"),
            _ => "",
        };
        if (verb.Length == 0 || !item.Who.TrueForAll(s => _doing.Add(s.Id)))
            return false;
        telling.Say(item);
        telling.Text.Words((item.Who.Count > 1 ? "are " : "is ") + verb);
        if (verb == "flying")
        {
            var sky = telling.Stuff.Find(s => s.Category.Name == "sky");
            if (sky is not null && item.Who.TrueForAll(telling.Around.InSky))
            {
                telling.Text.Words("in");
                telling.Say(sky, "the sky");
            }
            else
            {
                telling.Text.Words("in").Noun("the air");
            }
        }
        else if (below is not null && telling.StuffWords.Below(below.Category.Name) is { Length: > 0 } ground)
        {
            telling.Text.Words("on");
            telling.Say(below, ground);
        }
        telling.Text.Stop();
        return true;
    }

    // "the small boat is near the red house"
    private bool Relation()
    {
        foreach (var a in telling.Things)
        {
            foreach (var b in telling.Things)
            {
                if (a == b || a.Category == b.Category || Surroundings.Flying(a) || Surroundings.Flying(b))
                    continue;
                string word = telling.Around.Between(a, b);
                if (word.Length == 0 || !telling.Random.Chance(0.5f) || _related.Contains((a.Id, b.Id)))
                    continue;
                var first = telling.Describer.One(a, "");
                var second = telling.Describer.One(b, "");
                if (first is null || second is null)
                    continue;
                _related.Add((a.Id, b.Id));
                _related.Add((b.Id, a.Id));
                bool fresh = !first.Text.StartsWith("the ", StringComparison.Ordinal);
                if (fresh && (word is "near" or "beside") && telling.Random.Chance(0.3f))
                {
                    telling.Text.Words(word);
                    telling.Say(second);
                    telling.Text.Words("there is");
                    telling.Say(first);
                    telling.Text.Stop();
                    return true;
                }
                if (fresh && telling.Random.Chance(0.5f))
                {
                    telling.Text.Words("there is");
                    telling.Say(first);
                }
                else
                {
                    telling.Say(first);
                    telling.Text.Words("is");
                }
                telling.Text.Words(word);
                telling.Say(second);
                telling.Text.Stop();
                return true;
            }
        }
        return false;
    }

    // "the boat is red in color"
    private bool ColourOf()
    {
        foreach (var s in telling.Things)
        {
            if (
                s.Colour.Length == 0
                || s.Category.Name is "person" or "lighthouse"
                || s.Material is "striped" or "spotted"
                || ColourSaid(s)
                || _coloured.Contains(s.Id)
            )
                continue;
            foreach (var claim in telling.Describer.Claims(s, ""))
            {
                if (claim.Colour.Length > 0)
                    continue;
                telling.Say(new Mention(telling.Wording.Singular(claim, true, true), [s], claim));
                _coloured.Add(s.Id);
                telling.Text.Words("is " + s.Colour + " in").Noun("color").Stop();
                return true;
            }
        }
        return false;
    }

    private bool ColourSaid(SceneSegment s) =>
        telling.Text.Utterances.Any(u => u.Claim is { Colour.Length: > 0 } && u.SegmentIds.Contains(s.Id));

    // "at the bottom there is grass"
    private bool Ground()
    {
        SceneSegment? low = null;
        foreach (var s in telling.Stuff)
            if (s.Y + s.Height > 0.97f * telling.Size && s.Area > 0.04f * telling.Size * telling.Size && (low is null || s.Area > low.Area))
                low = s;
        if (low is null || _bottomed)
            return false;
        _bottomed = true;
        telling.Text.Words("at").Noun("the bottom").Words(telling.Random.Pick("there is", "we can see", "i can see"));
        telling.Say(low, telling.StuffWords.Of(low.Category.Name));
        telling.Text.Stop();
        return true;
    }

    private bool Remark()
    {
        var light = telling.Light;
        if (_remarked)
            return false;
        _remarked = true;
        if (light.Weather == Weather.Rain)
            telling.Text.Words("it is raining");
        else if (light.Weather == Weather.Snow)
            telling.Text.Words("it is snowing");
        else if (light.Weather == Weather.Fog)
            telling.Text.Noun("the weather").Words("is foggy");
        else if (light.Night)
            telling.Text.Words("it is dark");
        else if (light.Daylight == Daylight.Dusk)
            telling.Text.Words("it looks like").Noun("evening");
        else
            return false;
        telling.Text.Stop();
        return true;
    }
}
