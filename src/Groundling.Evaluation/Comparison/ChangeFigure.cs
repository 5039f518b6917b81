using Groundling.Data;

namespace Groundling.Evaluation;

/// <summary>A phrase that has won or lost: the picture with its mask by truth, by the first method and by the other.</summary>
internal sealed record ChangeFigure(EvaluationCase Case, int Place, Thumbnail Truth, Thumbnail First, Thumbnail Other)
{
    /// <summary>Draws the pictures; of a method of several evaluations, those of its first one.</summary>
    public static ChangeFigure Draw(
        EvaluationCase given,
        int phrase,
        (ComparedRun Run, NarrativeResult Result) first,
        (ComparedRun Run, NarrativeResult Result) other
    )
    {
        int place = given.Numbers.ToList().IndexOf(phrase);
        Thumbnail Mask((ComparedRun Run, NarrativeResult Result) of) =>
            ReportPage.Small(ResultOverlay.Render(given, of.Result, of.Run.Report.Settings.Size, place));
        return new(
            given,
            place,
            ReportPage.Small(ResultOverlay.RenderTruth(given, first.Run.Report.Settings.Size, place)),
            Mask(first),
            Mask(other)
        );
    }
}
