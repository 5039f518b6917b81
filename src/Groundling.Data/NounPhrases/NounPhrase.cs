namespace Groundling.Data;

/// <summary>A noun phrase in a caption, its determiner included: "a black and white cat".</summary>
/// <param name="Start">Offset of the first character in the caption, in UTF-16 units.</param>
/// <param name="Length">Number of characters, in UTF-16 units; at least 1.</param>
/// <param name="Text">The caption from <paramref name="Start"/> on, <paramref name="Length"/> characters.</param>
/// <param name="Plural">Whether the phrase names several things: "two dogs", "a group of girls", but not "a bowl of apples".</param>
public sealed record NounPhrase(int Start, int Length, string Text, bool Plural);
