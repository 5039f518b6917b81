using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>Every form that the chunker knows, and a guess for the others.</summary>
internal sealed class Lexicon(
    IReadOnlyDictionary<string, Word> words,
    IReadOnlyDictionary<string, WordClass> expressions,
    IReadOnlySet<string> compounds,
    IReadOnlyDictionary<string, string> singulars
)
{
    private const int LongestExpression = 4;
    private readonly int _longest = words.Keys.Max(word => word.Length);
    private static readonly Lazy<Lexicon> Shared = new(() => new LexiconBuilder().Build());

    public static Lexicon English => Shared.Value;

    /// <summary>What a lower-case word can be; a guess from its ending when it is not known.</summary>
    public Word Look(string text)
    {
        if (words.TryGetValue(text, out var known) && known.Classes != None)
        {
            return known;
        }

        var (hyphen, underscore) = (text.LastIndexOf('-'), text.LastIndexOf('_'));
        var guess =
            underscore > 0 ? Label(text[(underscore + 1)..])
            : hyphen > 0 ? Hyphenated(text, hyphen)
            : Suffixes.Guess(text);
        return guess with { Traits = guess.Traits | known.Traits };
    }

    /// <summary>The singular of a lower-case plural: "women", "woman"; what has none stays as it is: "scissors".</summary>
    public string SingularOf(string plural) => singulars.TryGetValue(plural, out var known) ? known : Inflection.WithoutS(plural);

    /// <summary>Whether the -ing word joins the noun after it: "washing machine".</summary>
    public bool IsCompound(string first, string second) => compounds.Contains($"{first} {second}");

    /// <summary>The longest fixed expression that starts at a token: "in front of"; length 0 when there is none.</summary>
    public (int Length, WordClass Class) ExpressionAt(IReadOnlyList<Token> tokens, int index)
    {
        for (var length = Math.Min(LongestExpression, tokens.Count - index); length > 1; length--)
        {
            if (expressions.TryGetValue(string.Join(' ', tokens.Skip(index).Take(length).Select(token => token.Text)), out var found))
            {
                return (length, found);
            }
        }

        return (0, None);
    }

    // "traffic_light", "red_car": written as one word, a label names a thing, whatever its last word might else be.
    private Word Label(string last)
    {
        var head = Look(last);
        return new Word(head.CanBe(AnyNoun) ? head.Classes & AnyNoun : Noun, head.Traits & ~WordTraits.LeansVerb);
    }

    // "10-foot", "red-tiled" and "built-in" describe; "merry-go-round" and "t-shirts" are what their last part is.
    private Word Hyphenated(string text, int hyphen)
    {
        var head = Look(text[(hyphen + 1)..]);
        if (BeginsAsNumber(text, hyphen))
            return new Word(AfterNumber(head), WordTraits.None);
        return head.CanBe(AnyNoun) && !head.CanBe(Adjective | Participle)
            ? new Word(head.Classes & AnyNoun, head.Traits & ~WordTraits.LeansVerb)
            : new Word(Adjective, WordTraits.None);
    }

    /// <summary>
    /// Whether all before a hyphen can be a number: "twenty-one", or number after number. From the front, as each part depends on those
    /// before it; a word may have a hundred thousand hyphens.
    /// </summary>
    private bool BeginsAsNumber(string text, int hyphen)
    {
        bool isNumber = false;
        for (int end = text.IndexOf('-', 1), start = 0; end > 0 && end <= hyphen; start = end + 1, end = text.IndexOf('-', start))
        {
            if (end <= _longest && words.TryGetValue(text[..end], out var known) && known.Classes != None)
                isNumber = known.CanBe(Number);
            else if (start == 0)
                isNumber = Suffixes.Guess(text[..end]).CanBe(Number);
            else
                isNumber = isNumber && (AfterNumber(Look(text[start..end])) & Number) != 0;
        }
        return isNumber;
    }

    private static WordClass AfterNumber(Word head) =>
        head.CanBe(Adjective) ? Adjective | Noun
        : head.CanBe(Number) ? Number
        : Adjective;
}
