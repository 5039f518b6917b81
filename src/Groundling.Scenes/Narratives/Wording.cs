using Groundling.Data;

namespace Groundling.Scenes.Narratives;

/// <summary>Claims in words.</summary>
internal sealed class Wording(SceneRandom random)
{
    private static readonly string[] Numbers = ["", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    /// <summary>One thing: "a small striped red kite on the left".</summary>
    public string Singular(PhraseClaim claim, bool definite, bool sayPosition)
    {
        if (claim.Category is "sun" or "moon")
            return "the " + claim.Category;
        string noun = Noun(claim, false, random),
            body = Body(claim, noun, false);
        string article =
            definite ? "the"
            : "aeiou".Contains(body[0], StringComparison.Ordinal) ? "an"
            : "a";
        return article + " " + body + (sayPosition ? Where(claim.Position) : "");
    }

    /// <summary>Several things: "two blue birds"; the claim says so where the number is spoken.</summary>
    public (string Text, PhraseClaim Claim) Plural(PhraseClaim claim, int count, bool definite, bool sayPosition)
    {
        string noun = claim.Category.Length == 0 ? claim.Supercategory + "s" : Noun(claim, true, random);
        string body = Body(claim, noun, true) + (sayPosition ? Where(claim.Position) : "");
        if (definite)
            return ("the " + body, claim);
        if (count < Numbers.Length && random.Chance(0.55f))
            return (Numbers[count] + " " + body, claim with { Count = count });
        string amount =
            count >= 5 && random.Chance(0.5f) ? "many "
            : count >= 4 && random.Chance(0.4f) ? "several "
            : count >= 3 && random.Chance(0.3f) ? "a few "
            : count == 2 && random.Chance(0.4f) ? "a couple of "
            : random.Chance(0.55f) ? "some "
            : "";
        return (amount + body, claim);
    }

    public static string Where(string position) =>
        position switch
        {
            "left" => " on the left",
            "right" => " on the right",
            "middle" => " in the middle",
            _ => "",
        };

    private static string Body(PhraseClaim claim, string noun, bool plural)
    {
        string size = claim.Size.Length > 0 ? claim.Size + " " : "";
        if (claim.Category == "person")
        {
            string clothes = claim.Material == "striped" ? "striped " : "";
            string garment =
                claim.Kind == "woman" ? "dress"
                : claim.Kind.Length == 0 ? ""
                : "shirt";
            if (claim.Colour.Length == 0 && clothes.Length == 0)
                return size + noun;
            if (garment.Length == 0)
                return size + noun + " in " + (clothes + claim.Colour).TrimEnd() + " clothes";
            string worn = (clothes + claim.Colour).TrimEnd() + " " + garment;
            return size
                + noun
                + " in "
                + (
                    plural
                        ? worn + (garment == "dress" ? "es" : "s")
                        : ("aeiou".Contains(worn[0], StringComparison.Ordinal) ? "an " : "a ") + worn
                );
        }
        string colour = claim.Colour.Length > 0 ? claim.Colour + " " : "";
        if (claim.Category == "tree" && claim.Colour.Length > 0 && claim.Colour != "green")
            return size + noun + " with " + claim.Colour + " leaves";
        if (claim.Category == "boat" && claim.Material == "striped")
            return size + colour + noun + " with " + (plural ? "striped sails" : "a striped sail");
        string before = claim.Material is "striped" or "spotted" ? claim.Material + " " : "";
        string after = claim.Material is "wooden" or "brick" ? claim.Material + " " : "";
        return size + before + colour + after + noun;
    }

    private static string Noun(PhraseClaim claim, bool plural, SceneRandom random)
    {
        if (claim.Kind.Length > 0)
            return (claim.Kind, plural) switch
            {
                ("man", true) => "men",
                ("woman", true) => "women",
                ("child", true) => random.Pick("children", "kids"),
                ("child", false) => random.Pick("child", "kid"),
                _ => claim.Kind + (plural ? "s" : ""),
            };
        string word = claim.Category switch
        {
            "person" => plural ? random.Pick("people", "people", "persons") : "person",
            "sheep" => "sheep",
            "bus" => plural ? "buses" : "bus",
            "bench" => plural ? "benches" : "bench",
            "snowman" => plural ? "snowmen" : "snowman",
            "cactus" => plural ? "cactuses" : "cactus",
            "lamp" => random.Pick("lamp", "street lamp", "street light"),
            "balloon" => random.Pick("balloon", "hot air balloon", "air balloon"),
            "bicycle" => random.Pick("bicycle", "bicycle", "bike"),
            _ => claim.Category,
        };
        return plural && claim.Category is not ("person" or "sheep" or "bus" or "bench" or "snowman" or "cactus") ? word + "s" : word;
    }
}
