using Groundling.Scenes.Worlds;

namespace Groundling.Scenes.Narratives;

/// <summary>
/// Names what is in a picture in the ways in which people ask for it: a phrase alone, a list without a beginning, or one of many
/// beginnings; with articles or none, in any order, with a full stop or without. Every phrase fits all and only the segments it is given.
/// </summary>
internal static class Asker
{
    private const float LeastStuff = 0.05f; // share of the picture of what is told of without being asked

    /// <summary>The caption; null where nothing can be said.</summary>
    /// <param name="stage">The scene, for its hour and weather.</param>
    /// <param name="painting">What is seen.</param>
    /// <param name="size">Its side in pixels.</param>
    /// <param name="naming">How much a list names.</param>
    /// <param name="random">Chooses.</param>
    public static SceneNarrative? Tell(Stage stage, ScenePainting painting, int size, Naming naming, SceneRandom random)
    {
        var telling = new Telling(stage, painting, size, random);
        var asking = new AskedWords(random);
        var things = naming == Naming.Each ? EachThing(telling) : Things(telling, naming == Naming.All ? int.MaxValue : random.Int(1, 5));
        var stuff = Stuff(telling, naming == Naming.Some ? random.Int(0, 3) : int.MaxValue);
        if (things.Count + stuff.Count == 0)
            return null;
        bool alone = naming != Naming.Each && random.Chance(0.3f);
        if (alone)
        {
            telling.Say(asking.Vary(random.Pick<Mention>(things.Count > 0 && (stuff.Count == 0 || random.Chance(0.75f)) ? things : stuff)));
        }
        else
        {
            List<Mention> items = [.. things, .. stuff];
            if (random.Chance(0.4f))
                random.Shuffle(items);
            if (!random.Chance(0.35f))
                Beginnings.Say(telling.Text, items[0].Who.Count > 1, random);
            List(telling, asking, items);
        }
        if (telling.Text.Utterances[0] is var first && Beginnings.IsQuestion(first.Text) && random.Chance(0.6f))
            telling.Text.Stop('?');
        else if (random.Chance(alone ? 0.2f : 0.55f))
            telling.Text.Stop();
        return telling.Text.Build(random.Chance(0.5f));
    }

    private static void List(Telling telling, AskedWords asking, List<Mention> items)
    {
        var (comma, last) = telling.Random.Pick<(string, string)>(
            (",", "and"),
            (",", "and"),
            (",", "and"),
            (",", ", and"),
            (",", ","),
            ("and", "and")
        );
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0)
                telling.Text.Words(i == items.Count - 1 ? last : comma);
            var ground =
                items[i] is { Who: [{ Category.IsThing: true } thing], Claim.Position: "" } && telling.Random.Chance(0.3f)
                    ? telling.Around.Below(thing)
                    : null;
            telling.Say(asking.Vary(items[i]));
            if (
                ground is not null
                && telling.StuffWords.Below(ground.Category.Name) is { Length: > 0 } words
                && items.FindIndex(i + 1, item => item.Who[0] == ground) is > 0 and var place
            )
            {
                telling.Text.Words("on");
                telling.Say(ground, words);
                items.RemoveAt(place);
            }
        }
    }

    private static List<Mention> Things(Telling telling, int most)
    {
        var items = new List<Mention>();
        var named = new HashSet<int>();
        foreach (var thing in telling.Things)
        {
            if (
                items.Count == most
                || named.Contains(thing.Id)
                || telling.Describer.Of(thing, "") is not { } item
                || item.Who.Exists(s => named.Contains(s.Id))
            )
                continue;
            items.Add(item);
            named.UnionWith(item.Who.Select(s => s.Id));
        }
        return items;
    }

    /// <summary>
    /// Each thing by itself, told from the others of its kind, where words can do that; some groups besides, whose things are thus named
    /// twice.
    /// </summary>
    private static List<Mention> EachThing(Telling telling)
    {
        var items = new List<Mention>();
        foreach (var thing in telling.Things)
            if (telling.Describer.One(thing, "") is { } item)
                items.Add(item);
        foreach (var kind in telling.Things.GroupBy(thing => thing.Category).Where(kind => kind.Count() > 1))
            if (telling.Random.Chance(0.5f) && telling.Describer.Group(kind.First(), "") is { } group)
                items.Insert(telling.Random.Int(items.Count + 1), group);
        return items;
    }

    private static List<Mention> Stuff(Telling telling, int most) =>
        [
            .. telling
                .Stuff.Where(s => s.Area >= LeastStuff * telling.Size * telling.Size)
                .Take(most)
                .Select(s => new Mention(telling.StuffWords.Of(s.Category.Name), [s], new PhraseClaim { Category = s.Category.Name })),
        ];
}
