namespace Groundling.Diffusion;

/// <summary>One token of a text.</summary>
/// <param name="Id">Its number in the vocabulary.</param>
/// <param name="Start">Its first character (UTF-16) in the text.</param>
/// <param name="End">One past its last character; parts of one character's bytes share that character.</param>
/// <param name="StartsWord">Whether it begins a new word (a run without white space).</param>
public readonly record struct TextToken(int Id, int Start, int End, bool StartsWord);
