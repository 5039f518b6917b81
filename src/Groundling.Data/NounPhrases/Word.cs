namespace Groundling.Data.NounPhrases;

/// <summary>A lexicon entry: every class that the form can have, and its traits.</summary>
internal readonly record struct Word(WordClass Classes, WordTraits Traits)
{
    public bool CanBe(WordClass classes) => (Classes & classes) != 0;

    public bool Has(WordTraits traits) => (Traits & traits) != 0;
}
