namespace Groundling.Evaluation;

/// <summary>A phrase that a method grounds better or worse than the first.</summary>
/// <param name="Narrative">The narrative.</param>
/// <param name="ImageId">Its picture.</param>
/// <param name="Phrase">The phrase's place among those with ground truth.</param>
/// <param name="Text">The phrase.</param>
/// <param name="Before">The first method's IoU; the mean over its evaluations.</param>
/// <param name="After">This method's.</param>
public sealed record PhraseChange(int Narrative, string ImageId, int Phrase, string Text, double Before, double After)
{
    /// <summary>How much it has won; less than 0 where it has lost.</summary>
    public double Gain => After - Before;
}
