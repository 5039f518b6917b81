using Groundling.Data;
using Groundling.Scenes.Drawing;
using Groundling.Scenes.Worlds;

namespace Groundling.Scenes.Narratives;

/// <summary>A narrative on its way: the picture's segments, the words so far, and what they have mentioned.</summary>
internal sealed class Telling
{
    public Telling(Stage stage, ScenePainting painting, int size, SceneRandom random)
    {
        (Light, Size, Random) = (stage.Light, size, random);
        Wording = new Wording(random);
        Things = painting.Segments.FindAll(s => s.Category.IsThing);
        Stuff = painting.Segments.FindAll(s => !s.Category.IsThing);
        random.Shuffle(Things);
        random.Shuffle(Stuff);
        StuffWords = new StuffWords(stage, random, Things.Exists(s => s.Category.Name == "house"));
        Describer = new Describer(Things, Mentioned, new Judge(painting.Segments, size), Wording, random);
        Around = new Surroundings(Stuff, painting.SegmentIds, size, random);
        Picture = random.Pick("image", "image", "picture");
    }

    public Light Light { get; }

    public int Size { get; }

    public SceneRandom Random { get; }

    public NarrativeBuilder Text { get; } = new();

    public HashSet<int> Mentioned { get; } = [];

    public List<SceneSegment> Things { get; }

    public List<SceneSegment> Stuff { get; }

    public Wording Wording { get; }

    public StuffWords StuffWords { get; }

    public Describer Describer { get; }

    public Surroundings Around { get; }

    /// <summary>The narrator's word for what is looked at.</summary>
    public string Picture { get; }

    /// <summary>"there are two boats, a house and a lamp"; false where nothing fits.</summary>
    public bool List(int count, string side, bool verb)
    {
        var items = new List<Mention>();
        for (int i = 0; i < count; i++)
        {
            var item = Describer.Something(side, fresh: true);
            if (item is null)
                break;
            items.Add(item);
        }
        if (items.Count == 0)
            return false;
        if (
            side.Length == 0
            && Random.Chance(0.22f)
            && Stuff.Find(s => !Mentioned.Contains(s.Id) && (s.Category.Supercategory is "ground" or "water")) is { } ground
        )
            items.Add(new Mention(StuffWords.Of(ground.Category.Name), [ground], new PhraseClaim { Category = ground.Category.Name }));
        if (verb)
            Text.Words(items[0].Who.Count > 1 ? "there are" : "there is");
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
                Text.Words(i == items.Count - 1 ? "and" : ",");
            Say(items[i]);
        }
        return true;
    }

    public void Say(Mention item)
    {
        Text.Phrase(item.Text, item.Who.Select(s => s.Id), item.Claim);
        foreach (var s in item.Who)
            Mentioned.Add(s.Id);
    }

    public void Say(SceneSegment stuff, string words)
    {
        Text.Phrase(words, [stuff.Id], new PhraseClaim { Category = stuff.Category.Name });
        Mentioned.Add(stuff.Id);
    }
}
