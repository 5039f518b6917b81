namespace Groundling.Evaluation;

/// <summary>A narrative of the gallery: the picture with the method's masks and with the ground truth.</summary>
internal sealed record GalleryFigure(EvaluationCase Case, NarrativeResult Result, GalleryImage Predicted, GalleryImage Truth)
{
    public static GalleryFigure Draw(EvaluationCase given, NarrativeResult result, EvaluationSettings settings) =>
        new(
            given,
            result,
            GalleryImage.Of(ResultOverlay.Render(given, result, settings.Size)),
            GalleryImage.Of(ResultOverlay.RenderTruth(given, settings.Size))
        );
}
