namespace Groundling.Data.NounPhrases;

/// <summary>A word or a symbol of the caption.</summary>
/// <param name="Start">Offset in the caption, in UTF-16 units.</param>
/// <param name="Length">Length in UTF-16 units.</param>
/// <param name="Text">Lower case, with typographic apostrophes and hyphens made plain.</param>
/// <param name="Capitalised">Whether it starts with a capital that means something: not at a sentence's start, nor in a title.</param>
/// <param name="OpensSentence">Whether nothing but symbols stands between it and the last full stop.</param>
internal readonly record struct Token(int Start, int Length, string Text, bool Capitalised, bool OpensSentence)
{
    public int End => Start + Length;
}
