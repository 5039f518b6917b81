namespace Groundling.Data.NounPhrases;

/// <summary>What is known of a word beyond its class; <c>Words/traits.txt</c> explains each.</summary>
[Flags]
internal enum WordTraits
{
    None = 0,
    Group = 1 << 0,
    Share = 1 << 1,
    Measure = 1 << 2,
    Part = 1 << 3,
    Place = 1 << 4,
    Picture = 1 << 5,
    Time = 1 << 6,
    Unit = 1 << 7,
    Quality = 1 << 8,
    Hue = 1 << 9,
    Animate = 1 << 10,
    Transitive = 1 << 11,
    SingularDeterminer = 1 << 12,
    Degree = 1 << 13,
    Joining = 1 << 14,
    PluralModifier = 1 << 15,

    /// <summary>Not counted: "water".</summary>
    Mass = 1 << 16,

    /// <summary>Noun and verb, the verb being likelier in captions.</summary>
    LeansVerb = 1 << 17,

    Numbered = 1 << 18,

    /// <summary>Not in the lexicon; its class was guessed from its shape.</summary>
    Unknown = 1 << 19,

    /// <summary>Says which kind of what follows "of".</summary>
    Sort = 1 << 20,
}
