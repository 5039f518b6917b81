namespace Groundling.Data.Benchmark;

/// <summary>A caption in which one phrase names what is not in the picture.</summary>
/// <param name="Caption">The caption, with as many phrases as it had, in their order.</param>
/// <param name="Phrase">The place of the phrase among them.</param>
public sealed record AbsentPhrase(Caption Caption, int Phrase);
