namespace Groundling;

/// <summary>Where a noun phrase stands in its caption.</summary>
/// <param name="Start">Offset of the first character in <see cref="Caption.Text"/>, in UTF-16 units.</param>
/// <param name="Length">Number of UTF-16 units.</param>
/// <param name="Text">The phrase as the caption writes it.</param>
public sealed record PhraseSpan(int Start, int Length, string Text)
{
    /// <summary>Whether it names several things; null where nobody said.</summary>
    public bool? Plural { get; init; }

    /// <summary>Offset just after the phrase.</summary>
    public int End => Start + Length;
}
