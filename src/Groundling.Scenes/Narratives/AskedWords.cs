namespace Groundling.Scenes.Narratives;

/// <summary>A phrase in other words that mean the same: another article or none, another spelling, another noun.</summary>
internal sealed class AskedWords(SceneRandom random)
{
    private static readonly Dictionary<string, string> Alike = new(StringComparer.Ordinal)
    {
        ["gray"] = "grey",
        ["sea"] = "ocean",
        ["grass"] = "lawn",
        ["field"] = "meadow",
        ["path"] = "trail",
        ["woman"] = "lady",
        ["women"] = "ladies",
        ["car"] = "automobile",
        ["cars"] = "automobiles",
        ["boat"] = "ship",
        ["boats"] = "ships",
        ["big"] = "large",
        ["small"] = "little",
    };

    /// <summary>The same mention in other words, or in its own.</summary>
    public Mention Vary(Mention item)
    {
        string text = Words(Articles(item.Text, item.Who.Count, item.Who[0].Category.IsThing));
        return item with
        {
            Text = text,
            Claim = text.StartsWith("both ", StringComparison.Ordinal) ? item.Claim with { Count = 0 } : item.Claim,
        };
    }

    private string Articles(string text, int count, bool thing)
    {
        string article =
            text.StartsWith("a ", StringComparison.Ordinal) ? "a "
            : text.StartsWith("an ", StringComparison.Ordinal) ? "an "
            : text.StartsWith("the ", StringComparison.Ordinal) ? "the "
            : "";
        bool amount =
            article == "a "
            && (text.StartsWith("a couple of ", StringComparison.Ordinal) || text.StartsWith("a few ", StringComparison.Ordinal));
        if (amount)
            return count == 2 && random.Chance(0.3f) ? "a pair of " + text["a couple of ".Length..] : text;
        string bare = text[article.Length..];
        if (article.Length > 0)
        {
            float t = random.Float();
            return t < 0.25f ? bare
                : t >= 0.4f ? text
                : count > 1 ? random.Pick("all ", "all the ") + bare
                : article == "the " ? text
                : (thing && random.Chance(0.35f) ? "one " : "the ") + bare;
        }
        bool counted = bare.StartsWith("two ", StringComparison.Ordinal);
        return counted && random.Chance(0.15f) ? random.Pick("both ", "the two ") + bare["two ".Length..] : text;
    }

    private string Words(string text)
    {
        var words = text.Split(' ');
        for (int i = 0; i < words.Length; i++)
            if (
                Alike.TryGetValue(words[i], out string? other)
                && (i == 0 || words[i - 1] is not ("fishing" or "rowing"))
                && random.Chance(0.12f)
            )
                words[i] = other;
        // The article goes with the word that follows it.
        for (int i = 1; i < words.Length; i++)
            if (words[i - 1] is "a" or "an")
                words[i - 1] = "aeiou".Contains(words[i][0], StringComparison.Ordinal) ? "an" : "a";
        return string.Join(' ', words);
    }
}
