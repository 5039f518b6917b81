namespace Groundling.Data;

/// <summary>
/// What a phrase is, in a word: "light" of "two traffic lights", "bowl" of "a bowl of apples", "girl" of "a group of girls".
/// </summary>
/// <param name="Noun">In the singular and in lower case.</param>
/// <param name="Words">The phrase's words up to the noun, the noun as it is written last: "two", "traffic", "lights".</param>
/// <param name="Start">Where the noun begins in the phrase.</param>
/// <param name="Length">How many characters it has there.</param>
public sealed record HeadNoun(string Noun, IReadOnlyList<string> Words, int Start, int Length);
