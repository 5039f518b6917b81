using Groundling.Core;

namespace Groundling.Export;

/// <summary>A phrase that was found in the picture, with its category.</summary>
internal sealed record SortedPhrase(GroundedPhrase Grounded, Category Category)
{
    public PhraseSpan Span => Grounded.Span;

    public RunLengthMask Mask => Grounded.Mask;

    public double Score => Math.Round(Grounded.Score, 6);

    /// <summary>COCO's crowd: several things under one mask. Stuff is not counted.</summary>
    public bool IsCrowd => Category.IsThing && Span.Plural == true;

    public PhraseRecord ToRecord() => new(PlainText.InOneLine(Span.Text), Span.Start, Span.End, Score);
}

/// <summary>Where a mask comes from, as the formats' attributes hold it.</summary>
/// <param name="Phrase">The whole phrase.</param>
/// <param name="Start">Where it begins in the caption, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Score">Confidence in [0, 1].</param>
internal sealed record PhraseRecord(string Phrase, int Start, int End, double Score);

/// <summary>A picture with its phrases, less those that are nowhere in it or of no category.</summary>
internal sealed record SortedPicture(ExportPicture Picture, int Number, IReadOnlyList<SortedPhrase> Phrases, CancellationToken Stop)
{
    /// <summary>The phrases, unless the export is stopped meanwhile.</summary>
    public IEnumerable<SortedPhrase> EachPhrase()
    {
        foreach (var phrase in Phrases)
        {
            Stop.ThrowIfCancellationRequested();
            yield return phrase;
        }
    }

    public int Width => Picture.Document.Width;

    public int Height => Picture.Document.Height;

    public string Caption => Picture.Document.Caption;
}
