using Groundling.Data;

namespace Groundling.Evaluation;

/// <summary>A narrative of the gallery: the picture with the method's masks and with the ground truth.</summary>
internal sealed record GalleryFigure(EvaluationCase Case, NarrativeResult Result, Thumbnail Predicted, Thumbnail Truth)
{
    public static GalleryFigure Draw(EvaluationCase given, NarrativeResult result, EvaluationSettings settings) =>
        new(
            given,
            result,
            ReportPage.Small(ResultOverlay.Render(given, result, settings.Size)),
            ReportPage.Small(ResultOverlay.RenderTruth(given, settings.Size))
        );
}
