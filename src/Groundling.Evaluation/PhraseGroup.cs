namespace Groundling.Evaluation;

/// <summary>The benchmark's groups of phrases. Things and stuff make up the whole, as do singulars and plurals.</summary>
public enum PhraseGroup
{
    /// <summary>Every phrase.</summary>
    Overall,

    /// <summary>Countable things.</summary>
    Things,

    /// <summary>Stuff: sky, grass, walls.</summary>
    Stuff,

    /// <summary>One thing or one stretch of stuff.</summary>
    Singulars,

    /// <summary>Several.</summary>
    Plurals,
}
