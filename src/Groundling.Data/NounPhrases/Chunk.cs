namespace Groundling.Data.NounPhrases;

/// <summary>A phrase in words: tokens from <paramref name="Start"/> up to <paramref name="End"/>, its noun, and its number.</summary>
internal readonly record struct Chunk(int Start, int End, int Head, bool Plural);
