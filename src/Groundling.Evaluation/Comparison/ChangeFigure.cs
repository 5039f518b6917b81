namespace Groundling.Evaluation;

/// <summary>A phrase that has won or lost: the picture with its mask by truth, by the first method and by the other.</summary>
internal sealed record ChangeFigure(EvaluationCase Case, int Place, GalleryImage Truth, GalleryImage First, GalleryImage Other)
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
        GalleryImage Mask((ComparedRun Run, NarrativeResult Result) of) =>
            GalleryImage.Of(ResultOverlay.Render(given, of.Result, of.Run.Report.Settings.Size, place));
        return new(
            given,
            place,
            GalleryImage.Of(ResultOverlay.RenderTruth(given, first.Run.Report.Settings.Size, place)),
            Mask(first),
            Mask(other)
        );
    }
}
