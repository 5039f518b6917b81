using Groundling.Data;
using Groundling.Rendering;

namespace Groundling.Evaluation;

/// <summary>Pictures of a judged narrative: the method's masks, or the ground truth, over the photograph.</summary>
public static class ResultOverlay
{
    private const double InHalfAPage = 1.9; // two pictures side by side share the report's 1032 pixels

    /// <summary>The picture with the method's masks.</summary>
    /// <param name="given">The narrative.</param>
    /// <param name="result">Its result, with masks.</param>
    /// <param name="size">The network's longer side.</param>
    public static Picture Render(EvaluationCase given, NarrativeResult result, int size)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(result);
        var letterbox = Evaluator.LetterboxOf(given, size);
        return Drawn(
            given,
            result.Phrases.Select(p => AtPicture(RunLengthMask.Parse(p.Counts!, result.Width, result.Height), given.Picture, letterbox))
        );
    }

    /// <summary>The picture with the ground truth.</summary>
    /// <param name="given">The narrative.</param>
    /// <param name="size">The network's longer side.</param>
    public static Picture RenderTruth(EvaluationCase given, int size)
    {
        ArgumentNullException.ThrowIfNull(given);
        var letterbox = Evaluator.LetterboxOf(given, size);
        return Drawn(given, given.Truth.Select(mask => AtPicture(mask, given.Picture, letterbox)));
    }

    /// <summary>The same with one phrase's mask alone.</summary>
    internal static Picture Render(EvaluationCase given, NarrativeResult result, int size, int place)
    {
        var mask = RunLengthMask.Parse(result.Phrases[place].Counts!, result.Width, result.Height);
        return Drawn(given, mask, size, place);
    }

    /// <summary>The ground truth of one phrase alone.</summary>
    internal static Picture RenderTruth(EvaluationCase given, int size, int place) => Drawn(given, given.Truth[place], size, place);

    private static Picture Drawn(EvaluationCase given, RunLengthMask mask, int size, int place) =>
        OverlayRenderer.RenderPicture(
            new Grounding(
                given.Picture,
                given.Example.Caption,
                [new(given.Example.Phrases[place].Span, 1, AtPicture(mask, given.Picture, Evaluator.LetterboxOf(given, size)))]
            )
        );

    private static Picture Drawn(EvaluationCase given, IEnumerable<RunLengthMask> masks) =>
        OverlayRenderer.RenderPicture(
            new Grounding(
                given.Picture,
                given.Example.Caption,
                [.. masks.Zip(given.Example.Phrases, (mask, phrase) => new GroundedPhrase(phrase.Span, 1, mask))]
            ),
            numbers: InHalfAPage
        );

    /// <summary>A mask of another resolution, each pixel of the picture from the cell it lies in; the padding falls away.</summary>
    private static RunLengthMask AtPicture(RunLengthMask mask, Picture picture, Letterbox letterbox)
    {
        if ((mask.Width, mask.Height) == (picture.Width, picture.Height))
            return mask;
        bool isWhole = (mask.Width, mask.Height) == (letterbox.SourceWidth, letterbox.SourceHeight);
        double across = isWhole ? mask.Width : letterbox.ContentWidth / 4.0,
            down = isWhole ? mask.Height : letterbox.ContentHeight / 4.0;
        var from = mask.ToBytes();
        var to = new byte[picture.Width * picture.Height];
        for (int y = 0, i = 0; y < picture.Height; y++)
        {
            int row = Math.Min((int)((y + 0.5) * down / picture.Height), mask.Height - 1) * mask.Width;
            for (int x = 0; x < picture.Width; x++, i++)
                to[i] = from[row + Math.Min((int)((x + 0.5) * across / picture.Width), mask.Width - 1)];
        }
        return RunLengthMask.FromBytes(to, picture.Width, picture.Height);
    }
}
