namespace Groundling.Data.NounPhrases;

/// <summary>A phrase in words: tokens from <paramref name="Start"/> up to <paramref name="End"/>, its noun, and its number.</summary>
/// <param name="Start">The first token.</param>
/// <param name="End">The token after the last.</param>
/// <param name="Head">The noun that the phrase ends with: "water" in "a bottle of water".</param>
/// <param name="Plural">Whether it names several things.</param>
/// <param name="Named">The noun for what is to be seen: "bottle" in "a bottle of water", "girls" in "a group of girls".</param>
internal readonly record struct Chunk(int Start, int End, int Head, bool Plural, int Named);
