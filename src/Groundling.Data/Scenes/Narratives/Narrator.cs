using Groundling.Data.Scenes.Drawing;
using Groundling.Data.Scenes.Worlds;

namespace Groundling.Data.Scenes.Narratives;

/// <summary>
/// Tells what one can see, in the manner of people who describe a picture aloud while pointing. Every phrase fits all and only
/// the segments it is given.
/// </summary>
internal sealed class Narrator
{
    private readonly Stage _stage;
    private readonly int _size;
    private readonly SceneSplit _split;
    private readonly SceneRandom _random;
    private readonly Describer _describer;
    private readonly Surroundings _around;
    private readonly Wording _wording;
    private readonly StuffWords _stuffWords;
    private readonly NarrativeBuilder _text = new();
    private readonly HashSet<int> _mentioned = [];
    private readonly List<SceneSegment> _things, _stuff;
    private readonly HashSet<(int, int)> _related = [];
    private readonly string _picture;
    private bool _remarked;

    public Narrator(Stage stage, ScenePainting painting, int size, SceneSplit split, SceneRandom random)
    {
        (_stage, _size, _split, _random) = (stage, size, split, random);
        _wording = new Wording(random);
        _things = painting.Segments.FindAll(s => s.Category.IsThing);
        _stuff = painting.Segments.FindAll(s => !s.Category.IsThing);
        random.Shuffle(_things);
        random.Shuffle(_stuff);
        _stuffWords = new StuffWords(stage, random, _things.Exists(s => s.Category.Name == "house"));
        _describer = new Describer(_things, _mentioned, new Judge(painting.Segments, size), _wording, random);
        _around = new Surroundings(_stuff, painting.SegmentIds, size, random);
        _picture = random.Pick("image", "image", "picture");
    }

    /// <summary>The narrative; null where the picture does not give enough to say.</summary>
    public SceneNarrative? Tell()
    {
        int sentences = Length();
        Open(sentences == 8 ? 0f : 0.16f, sentences < 3 ? 2 : 1);
        bool closing = sentences >= 3 && _random.Chance(0.85f);
        int middle = sentences - 1 - (closing ? 1 : 0);
        for (int i = 0; i < middle || (i < middle + 4 && _text.Phrases < 2); i++)
            Continue();
        if (_split == SceneSplit.Compositional)
            NameHeldOut();
        if (closing)
            Background();
        if (_text.Phrases < 2 || (_split == SceneSplit.Compositional && !NamesHeldOut()))
            return null;
        return _text.Build(_random.Chance(0.6f));
    }

    private int Length()
    {
        float t = _random.Float();
        return t < 0.07f ? 1 : t < 0.22f ? 2 : t < 0.42f ? 3 : t < 0.62f ? 4 : t < 0.77f ? 5 : t < 0.88f ? 6 : t < 0.95f ? 7 : 8;
    }

    private void Open(float preamble, int least)
    {
        if (_random.Chance(preamble))
        {
            switch (_random.Int(3))
            {
                case 0:
                    _text.Words("this is an outdoor").Noun(_picture).Stop();
                    break;
                case 1:
                    _text.Words("this").Noun(_picture).Words("is taken outside").Stop();
                    break;
                default:
                    if (_stage.Light.Night)
                        _text.Words("this").Noun(_picture).Words("is clicked at").Noun("night").Stop();
                    else
                        _text.Words("this").Noun(_picture).Words("is clicked outside").Stop();
                    break;
            }
        }
        int before = _text.Utterances.Count;
        bool verb = _random.Chance(0.55f);
        _text.Words(_random.Pick("in this", "in this", "in the")).Noun(_picture);
        if (!verb)
            _text.Words(_random.Pick("i can see", "we can see", "we can see", "we see"));
        if (!List(_random.Int(least, 3), "", verb))
        {
            _text.Cut(before);
            Background();
            return;
        }
        _text.Stop();
    }

    private void Continue()
    {
        for (int attempt = 0; attempt < 8; attempt++)
        {
            int before = _text.Utterances.Count;
            _describer.BeginSentence();
            float t = _random.Float();
            bool said = t < 0.26f ? Side() : t < 0.5f ? Doing() : t < 0.66f ? Relation() : t < 0.75f ? ColourOf() : t < 0.86f ? More() : t < 0.93f ? Ground() : Remark();
            if (said)
                return;
            _text.Cut(before);
        }
    }

    // "there are two boats, a house and a lamp"
    private bool List(int count, string side, bool verb)
    {
        var items = new List<Mention>();
        for (int i = 0; i < count; i++)
        {
            var item = _describer.Something(side, fresh: true);
            if (item is null)
                break;
            items.Add(item);
        }
        if (items.Count == 0)
            return false;
        if (verb)
            _text.Words(items[0].Who.Count > 1 ? "there are" : "there is");
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
                _text.Words(i == items.Count - 1 ? "and" : ",");
            Say(items[i]);
        }
        return true;
    }

    private bool Side()
    {
        string side = _random.Pick("left", "right", "left", "right", "middle");
        if (side == "middle")
            _text.Words("in").Noun(_random.Pick("the middle", "the center")).Words("of the").Noun(_picture);
        else if (_random.Chance(0.6f))
            _text.Words("on").Noun("the " + side + " side").Words("of the").Noun(_picture);
        else
            _text.Words("to").Noun("the " + side);
        bool verb = _random.Chance(0.55f);
        if (!verb)
            _text.Words(_random.Pick("i can see", "we can see"));
        if (!List(_random.Int(1, 2), side, verb))
            return false;
        _text.Stop();
        return true;
    }

    private bool More()
    {
        var unsaid = _stuff.Find(s => !_mentioned.Contains(s.Id) && s.Area > 0.02f * _size * _size);
        if (unsaid is not null && _random.Chance(0.4f))
        {
            _text.Words(_random.Pick("we can see", "i can see", "we can also see"));
            Say(_text, unsaid, _stuffWords.Of(unsaid.Category.Name));
            if (_describer.Something("", true) is { } more)
            {
                _text.Words("and");
                Say(more);
            }
            _text.Stop();
            return true;
        }
        _text.Words(_random.Pick("we can also see", "there is also", "i can also see", "we can also see"));
        if (_text.Utterances[^1].Text.Contains("there is also", StringComparison.Ordinal))
        {
            var one = _describer.Something("", true);
            if (one is null || one.Who.Count > 1)
                return false;
            Say(one);
        }
        else if (!List(_random.Int(1, 3), "", false))
        {
            return false;
        }
        _text.Stop();
        return true;
    }

    // "a man in a red shirt is walking on the sand"
    private bool Doing()
    {
        var item = _describer.Something("", fresh: _random.Chance(0.6f), subject: true);
        if (item is null)
            return false;
        var first = item.Who[0];
        if (item.Who.Exists(s => s.Category != first.Category))
            return false;
        string pose = item.Who.TrueForAll(s => s.Pose == first.Pose) ? first.Pose : "";
        var below = _around.Below(first);
        if (!item.Who.TrueForAll(s => _around.Below(s) == below))
            below = null;
        string verb = (first.Category.Name, pose) switch
        {
            ("bird" or "balloon" or "kite", _) when pose == "flying" || first.Category.Name != "bird" => "flying",
            (_, "standing" or "walking" or "sitting" or "grazing" or "parked" or "moving") => pose,
            (_, "waving") => "standing",
            ("boat", _) => _random.Pick("sailing", "floating"),
            _ => "",
        };
        if (verb.Length == 0)
            return false;
        Say(item);
        _text.Words((item.Who.Count > 1 ? "are " : "is ") + verb);
        if (verb == "flying")
        {
            var sky = _stuff.Find(s => s.Category.Name == "sky");
            if (sky is not null && item.Who.TrueForAll(_around.InSky))
                Say(_text.Words("in"), sky, "the sky");
            else
                _text.Words("in").Noun("the air");
        }
        else if (below is not null && _stuffWords.Below(below.Category.Name) is { Length: > 0 } ground)
        {
            Say(_text.Words("on"), below, ground);
        }
        _text.Stop();
        return true;
    }

    // "the small boat is near the red house"
    private bool Relation()
    {
        foreach (var a in _things)
        {
            foreach (var b in _things)
            {
                if (a == b || a.Category == b.Category || Surroundings.Flying(a) || Surroundings.Flying(b))
                    continue;
                string word = _around.Between(a, b);
                if (word.Length == 0 || !_random.Chance(0.5f) || _related.Contains((a.Id, b.Id)))
                    continue;
                var first = _describer.One(a, "");
                var second = _describer.One(b, "");
                if (first is null || second is null)
                    continue;
                _related.Add((a.Id, b.Id));
                _related.Add((b.Id, a.Id));
                if (_random.Chance(0.5f) && !first.Text.StartsWith("the ", StringComparison.Ordinal))
                {
                    _text.Words("there is");
                    Say(first);
                }
                else
                {
                    Say(first);
                    _text.Words("is");
                }
                _text.Words(word);
                Say(second);
                _text.Stop();
                return true;
            }
        }
        return false;
    }

    // "the boat is red in color"
    private bool ColourOf()
    {
        foreach (var s in _things)
        {
            if (s.Colour.Length == 0 || s.Category.Name is "person" or "lighthouse" || s.Material is "striped" or "spotted" || ColourSaid(s))
                continue;
            foreach (var claim in _describer.Claims(s, ""))
            {
                if (claim.Colour.Length > 0)
                    continue;
                Say(new Mention(_wording.Singular(claim, true, true), [s], claim));
                _text.Words("is " + s.Colour + " in").Noun("color").Stop();
                return true;
            }
        }
        return false;
    }

    private bool ColourSaid(SceneSegment s) => _text.Utterances.Any(u => u.Claim is { Colour.Length: > 0 } && u.SegmentIds.Contains(s.Id));

    // "at the bottom there is grass"
    private bool Ground()
    {
        SceneSegment? low = null;
        foreach (var s in _stuff)
            if (s.Y + s.Height > 0.97f * _size && s.Area > 0.04f * _size * _size && (low is null || s.Area > low.Area))
                low = s;
        if (low is null)
            return false;
        _text.Words("at").Noun("the bottom").Words(_random.Pick("there is", "we can see", "i can see"));
        Say(_text, low, _stuffWords.Of(low.Category.Name));
        _text.Stop();
        return true;
    }

    private bool Remark()
    {
        var light = _stage.Light;
        if (_remarked)
            return false;
        _remarked = true;
        if (light.Weather == Weather.Rain)
            _text.Words("it is raining");
        else if (light.Weather == Weather.Snow)
            _text.Words("it is snowing");
        else if (light.Weather == Weather.Fog)
            _text.Noun("the weather").Words("is foggy");
        else if (light.Night)
            _text.Words("it is dark");
        else if (light.Daylight == Daylight.Dusk)
            _text.Words("it looks like").Noun("evening");
        else
            return false;
        _text.Stop();
        return true;
    }

    // "in the background there are mountains and the sky"
    private void Background()
    {
        var far = _stuff.FindAll(s => s.Category.Name is "mountain" or "hill" or "forest" or "building" or "sky" or "cloud" or "sea" or "lake" or "field" or "river");
        if (far.Count == 0)
            return;
        var chosen = new List<SceneSegment>();
        int count = _random.Int(1, 4);
        foreach (var s in far)
            if (chosen.Count < count && s.Category.Name != "sky")
                chosen.Add(s);
        var sky = far.Find(s => s.Category.Name == "sky");
        if (sky is not null && (_random.Chance(0.75f) || chosen.Count == 0))
            chosen.Add(sky);
        bool top = chosen.TrueForAll(s => s.Category.Name is "sky" or "cloud");
        _text.Words(top ? "at" : "in").Noun(top ? "the top" : "the background");
        string firstWord = _stuffWords.Of(chosen[0].Category.Name);
        bool many = firstWord.EndsWith('s');
        _text.Words(_random.Chance(0.6f) ? (many ? "there are" : "there is") : _random.Pick("i can see", "we can see"));
        for (int i = 0; i < chosen.Count; i++)
        {
            if (i > 0)
                _text.Words(i == chosen.Count - 1 ? "and" : ",");
            Say(_text, chosen[i], i == 0 ? firstWord : _stuffWords.Of(chosen[i].Category.Name));
        }
        _text.Stop();
    }

    private void NameHeldOut()
    {
        if (NamesHeldOut())
            return;
        foreach (var s in _things)
        {
            if (!HeldOutCombinations.Contains(s.Category.Name, s.Colour, s.Material))
                continue;
            foreach (var claim in _describer.Claims(s, ""))
            {
                if (!HeldOutCombinations.Contains(claim.Category, claim.Colour, claim.Material))
                    continue;
                _text.Words(_random.Pick("there is", "we can see", "i can see"));
                Say(new Mention(_wording.Singular(claim, _mentioned.Contains(s.Id), true), [s], claim));
                _text.Stop();
                return;
            }
        }
    }

    private bool NamesHeldOut() => _text.Utterances.Any(u => u.Claim is { } c && HeldOutCombinations.Contains(c.Category, c.Colour, c.Material));

    private void Say(Mention item)
    {
        _text.Phrase(item.Text, item.Who.Select(s => s.Id), item.Claim);
        foreach (var s in item.Who)
            _mentioned.Add(s.Id);
    }

    private void Say(NarrativeBuilder text, SceneSegment stuff, string words)
    {
        text.Phrase(words, [stuff.Id], new PhraseClaim { Category = stuff.Category.Name });
        _mentioned.Add(stuff.Id);
    }
}
