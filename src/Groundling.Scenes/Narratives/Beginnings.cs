namespace Groundling.Scenes.Narratives;

/// <summary>What people say before they name what they look for.</summary>
internal static class Beginnings
{
    private static readonly string[] Pictures =
    [
        "picture",
        "picture",
        "image",
        "image",
        "photo",
        "photograph",
        "drawing",
        "painting",
        "illustration",
        "scene",
        "view",
    ];

    private static readonly string[] Requests =
    [
        "look at",
        "find",
        "find me",
        "show",
        "show me",
        "select",
        "segment",
        "mark",
        "outline",
        "highlight",
        "locate",
        "detect",
        "search for",
        "point at",
        "point to",
        "give me",
        "get",
        "cut out",
        "ground",
        "please find",
        "please show",
        "please show me",
        "i want",
        "i want to see",
        "i am looking for",
        "tell me about",
        "just",
        "only",
    ];

    private static readonly string[] Statements =
    [
        "i can see",
        "i can see",
        "we can see",
        "you can see",
        "one can see",
        "i see",
        "we see",
        "you see",
        "i can also see",
        "we have",
        "here we have",
        "here i see",
        "it shows",
        "it has",
        "notice",
        "note",
        "see",
    ];

    private static readonly string[] Questions =
    [
        "can you see",
        "do you see",
        "can you find",
        "can you show me",
        "could you find",
        "what about",
        "how about",
    ];

    /// <summary>Whether what was begun with these words asks.</summary>
    public static bool IsQuestion(string words) =>
        Questions.Contains(words) || words is "where is" or "where are" or "is there" or "are there";

    /// <summary>Says one, in agreement with the number of what follows.</summary>
    public static void Say(NarrativeBuilder text, bool several, SceneRandom random)
    {
        string picture = random.Pick(Pictures),
            be = several ? "are" : "is";
        switch (random.Int(16))
        {
            case 0 or 1 or 2:
                text.Words(random.Pick("in this", "in this", "in the", "within this"))
                    .Noun(picture)
                    .Words(random.Pick("i can see", "we can see", "you can see", "we see", "there " + be, "there " + be, "one can see"));
                break;
            case 3 or 4:
                text.Words(picture[0] is 'i' ? random.Pick("an", "the", "this") : random.Pick("a", "the", "this"))
                    .Noun(picture)
                    .Words(random.Pick("of", "of", "with", "showing", "that shows", "containing"));
                break;
            case 5 or 6:
                text.Words(random.Pick("this", "the"))
                    .Noun(picture)
                    .Words(random.Pick("shows", "shows", "contains", "has", "is of", "depicts", "includes"));
                break;
            case 7:
                text.Noun(picture).Words("of");
                break;
            case 8 or 9:
                text.Words(random.Pick("there", "there", "here", "and there") + " " + be);
                break;
            case 10:
                text.Words(several ? random.Pick("these are", "those are") : random.Pick("this is", "that is", "it is"));
                break;
            case 11 or 12:
                text.Words(random.Pick(Statements));
                break;
            case 13:
                text.Words(random.Chance(0.4f) ? random.Pick("where " + be, be + " there") : random.Pick(Questions));
                break;
            default:
                text.Words(random.Pick(Requests));
                break;
        }
    }
}
