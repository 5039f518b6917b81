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
        return Drawn(
            given,
            result.Phrases.Select(p => AtPicture(RunLengthMask.Parse(p.Counts!, result.Width, result.Height), given, size))
        );
    }

    /// <summary>The picture with the ground truth.</summary>
    /// <param name="given">The narrative.</param>
    /// <param name="size">The network's longer side.</param>
    public static Picture RenderTruth(EvaluationCase given, int size)
    {
        ArgumentNullException.ThrowIfNull(given);
        return Drawn(given, given.Truth.Select(mask => AtPicture(mask, given, size)));
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
            new Grounding(given.Picture, given.Example.Caption, [new(given.Example.Phrases[place].Span, 1, AtPicture(mask, given, size))])
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

    private static RunLengthMask AtPicture(RunLengthMask mask, EvaluationCase given, int size) =>
        AtPicture(mask, given.Picture.Width, given.Picture.Height, Evaluator.LetterboxOf(given, size));

    /// <summary>A judged mask at a picture's size, each pixel from the cell it lies in; the padding falls away.</summary>
    /// <param name="mask">At the size that was judged.</param>
    /// <param name="width">The picture's columns.</param>
    /// <param name="height">The picture's rows.</param>
    /// <param name="letterbox">How a picture of the annotation's size lies in the network's input.</param>
    public static RunLengthMask AtPicture(RunLengthMask mask, int width, int height, Letterbox letterbox)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(letterbox);
        if ((mask.Width, mask.Height) == (width, height))
            return mask;
        bool isWhole = (mask.Width, mask.Height) == (letterbox.SourceWidth, letterbox.SourceHeight);
        double across = isWhole ? mask.Width : letterbox.ContentWidth / 4.0,
            down = isWhole ? mask.Height : letterbox.ContentHeight / 4.0;
        var from = mask.ToBytes();
        var to = new byte[width * height];
        for (int y = 0, i = 0; y < height; y++)
        {
            int row = Math.Min((int)((y + 0.5) * down / height), mask.Height - 1) * mask.Width;
            for (int x = 0; x < width; x++, i++)
                to[i] = from[row + Math.Min((int)((x + 0.5) * across / width), mask.Width - 1)];
        }
        return RunLengthMask.FromBytes(to, width, height);
    }
}
