using Groundling.Data;
using Groundling.Scenes.Drawing;
using Groundling.Scenes.Worlds;

namespace Groundling.Scenes.Narratives;

/// <summary>
/// Tells what one can see, in the manner of people who describe a picture aloud while pointing. Every phrase fits all and only
/// the segments it is given.
/// </summary>
internal static class Narrator
{
    /// <summary>The narrative; null where the picture does not give enough to say.</summary>
    public static SceneNarrative? Tell(Stage stage, ScenePainting painting, int size, SceneSplit split, SceneRandom random)
    {
        var telling = new Telling(stage, painting, size, random);
        var sentences = new Sentences(telling);
        // What the split is about gets a sentence of its own where it has not come up.
        int length = Math.Min(Length(random), Seeks(split) ? 7 : 8);
        Open(telling, length >= 7 ? 0f : 0.16f, length < 3 ? 2 : 1);
        bool closing = length >= 3 && telling.Random.Chance(0.85f);
        int middle = length - 1 - (closing ? 1 : 0);
        for (int i = 0; i < middle || (i < middle + 4 && telling.Text.Phrases < 2); i++)
            sentences.Add();
        if (Seeks(split))
            NameSought(telling, split);
        if (closing)
            Background(telling);
        if (telling.Text.Phrases < 2 || (Seeks(split) && !NamesSought(telling, split)))
            return null;
        return telling.Text.Build(telling.Random.Chance(0.6f));
    }

    private static int Length(SceneRandom random)
    {
        float t = random.Float();
        return t < 0.07f ? 1
            : t < 0.22f ? 2
            : t < 0.42f ? 3
            : t < 0.62f ? 4
            : t < 0.77f ? 5
            : t < 0.88f ? 6
            : t < 0.95f ? 7
            : 8;
    }

    private static void Open(Telling telling, float preamble, int least)
    {
        if (telling.Random.Chance(preamble))
        {
            switch (telling.Random.Int(3))
            {
                case 0:
                    telling.Text.Words("this is an outdoor").Noun(telling.Picture).Stop();
                    break;
                case 1:
                    telling.Text.Words("this").Noun(telling.Picture).Words("is taken outside").Stop();
                    break;
                default:
                    if (telling.Light.Night)
                        telling.Text.Words("this").Noun(telling.Picture).Words("is clicked at").Noun("night").Stop();
                    else
                        telling.Text.Words("this").Noun(telling.Picture).Words("is clicked outside").Stop();
                    break;
            }
        }
        int before = telling.Text.Utterances.Count;
        bool verb = telling.Random.Chance(0.55f);
        telling.Text.Words(telling.Random.Pick("in this", "in this", "in the")).Noun(telling.Picture);
        if (!verb)
            telling.Text.Words(telling.Random.Pick("i can see", "we can see", "we can see", "we see"));
        if (!telling.List(telling.Random.Int(least, 3), "", verb))
        {
            telling.Text.Cut(before);
            Background(telling);
            return;
        }
        telling.Text.Stop();
    }

    // "in the background there are mountains and the sky"
    private static void Background(Telling telling)
    {
        var far = telling.Stuff.FindAll(s =>
            s.Category.Name is "mountain" or "hill" or "forest" or "building" or "sky" or "cloud" or "sea" or "lake" or "field" or "river"
        );
        if (far.Count == 0)
            return;
        var chosen = new List<SceneSegment>();
        int count = telling.Random.Int(1, 4);
        foreach (var s in far)
            if (chosen.Count < count && s.Category.Name != "sky")
                chosen.Add(s);
        var sky = far.Find(s => s.Category.Name == "sky");
        if (sky is not null && (telling.Random.Chance(0.75f) || chosen.Count == 0))
            chosen.Add(sky);
        bool top = chosen.TrueForAll(s => s.Category.Name is "sky" or "cloud");
        telling.Text.Words(top ? "at" : "in").Noun(top ? "the top" : "the background");
        string firstWord = telling.StuffWords.Of(chosen[0].Category.Name);
        bool many = firstWord.EndsWith('s');
        telling.Text.Words(
            telling.Random.Chance(0.6f) ? (many ? "there are" : "there is") : telling.Random.Pick("i can see", "we can see")
        );
        for (int i = 0; i < chosen.Count; i++)
        {
            if (i > 0)
                telling.Text.Words(i == chosen.Count - 1 ? "and" : ",");
            telling.Say(chosen[i], i == 0 ? firstWord : telling.StuffWords.Of(chosen[i].Category.Name));
        }
        telling.Text.Stop();
    }

    /// <summary>Gives what the split is about a sentence of its own where it has not come up.</summary>
    private static void NameSought(Telling telling, SceneSplit split)
    {
        foreach (var s in telling.Things)
        {
            if (!IsSought(s.Category.Name, s.Colour, s.Material, split))
                continue;
            if (split == SceneSplit.Compositional ? NamesSought(telling, split) : telling.Mentioned.Contains(s.Id))
                continue;
            var claim = telling.Describer.Claims(s, "").Find(c => IsSought(c.Category, c.Colour, c.Material, split));
            if (claim is null)
                continue;
            telling.Text.Words(telling.Random.Pick("there is", "we can see", "i can see"));
            telling.Say(new Mention(telling.Wording.Singular(claim, telling.Mentioned.Contains(s.Id), true), [s], claim));
            telling.Text.Stop();
        }
    }

    private static bool NamesSought(Telling telling, SceneSplit split) =>
        telling.Text.Utterances.Any(u => u.Claim is { } c && IsSought(c.Category, c.Colour, c.Material, split));

    private static bool Seeks(SceneSplit split) => split is SceneSplit.Compositional or SceneSplit.Novel or SceneSplit.NovelVal;

    private static bool IsSought(string category, string colour, string material, SceneSplit split) =>
        split == SceneSplit.Compositional
            ? HeldOutCombinations.Contains(category, colour, material)
            : SceneCategories.Novel.Any(novel => novel.Name == category);
}
