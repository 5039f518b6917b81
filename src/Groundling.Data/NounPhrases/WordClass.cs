namespace Groundling.Data.NounPhrases;

/// <summary>What a word can be; the tagger leaves exactly one of them.</summary>
[Flags]
internal enum WordClass
{
    None = 0,
    Symbol = 1 << 0,
    Noun = 1 << 1,
    Plural = 1 << 2,
    Adjective = 1 << 3,
    Adverb = 1 << 4,

    /// <summary>Base form: "walk".</summary>
    Verb = 1 << 5,

    /// <summary>Third person: "walks".</summary>
    VerbS = 1 << 6,
    Gerund = 1 << 7,
    Past = 1 << 8,
    Participle = 1 << 9,
    Article = 1 << 10,
    Demonstrative = 1 << 11,
    Quantifier = 1 << 12,
    Number = 1 << 13,
    Possessive = 1 << 14,
    PossessiveMark = 1 << 15,
    Pronoun = 1 << 16,
    Relative = 1 << 17,
    Of = 1 << 18,
    To = 1 << 19,
    Preposition = 1 << 20,
    Conjunction = 1 << 21,
    Subordinator = 1 << 22,
    Be = 1 << 23,
    Auxiliary = 1 << 24,

    AnyNoun = Noun | Plural,
    AnyVerb = Verb | VerbS,
    AnyPast = Past | Participle,

    /// <summary>Words that open a noun phrase.</summary>
    Determiner = Article | Demonstrative | Quantifier | Number | Possessive | PossessiveMark,

    /// <summary>Words of which English has a complete list.</summary>
    Closed = Determiner | Pronoun | Relative | Of | To | Preposition | Conjunction | Subordinator | Be | Auxiliary | Adverb,
}
