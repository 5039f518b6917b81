namespace Groundling.Data.Benchmark;

/// <summary>A narrative with everything needed to ground it and to judge the result; pixels are read on demand.</summary>
/// <param name="Index">The narrative's place in its file, from 0.</param>
/// <param name="ImageId">The COCO image, without leading zeros.</param>
/// <param name="Caption">The caption with its grounded phrases only.</param>
/// <param name="Phrases">The phrases of <paramref name="Caption"/> with their segments; may be empty.</param>
/// <param name="PicturePath">The picture's file.</param>
/// <param name="PanopticPath">The panoptic PNG's file.</param>
public sealed record BenchmarkExample(
    int Index,
    string ImageId,
    Caption Caption,
    IReadOnlyList<BenchmarkPhrase> Phrases,
    string PicturePath,
    string PanopticPath
)
{
    /// <summary>The picture's columns as annotated; 0 where the annotation does not say.</summary>
    public int Width { get; init; }

    /// <summary>The picture's rows as annotated; 0 where the annotation does not say.</summary>
    public int Height { get; init; }

    /// <summary>Every annotated segment of the image, told or not.</summary>
    public IReadOnlyList<PanopticSegment> Segments { get; init; } = [];

    /// <summary>One of its phrases as a narrative of its own, whose caption says nothing else.</summary>
    /// <param name="phrase">The phrase's place, from 0.</param>
    public BenchmarkExample Alone(int phrase)
    {
        var told = Phrases[phrase];
        var caption = Caption.FromPhrases(null, [told.Span.Text]);
        return this with { Caption = caption, Phrases = [told with { Span = caption.Phrases[0] }] };
    }

    /// <summary>Reads the picture.</summary>
    /// <exception cref="InputException">The file is not a readable picture.</exception>
    public Picture LoadPicture() => Picture.Load(PicturePath);

    /// <summary>The ground-truth mask of each phrase, at the panoptic PNG's size, which is the picture's.</summary>
    /// <param name="faults">Counts segments whose pixels and area disagree.</param>
    /// <exception cref="InputException">The panoptic PNG cannot be read, or has another size than the annotation says.</exception>
    public IReadOnlyList<RunLengthMask> LoadMasks(BenchmarkFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        var map = PanopticMap.Load(PanopticPath);
        if (Width > 0 && Height > 0 && (map.Width, map.Height) != (Width, Height))
            throw new InputException(
                $"{PanopticPath} is {map.Width} x {map.Height}, but its annotation says {Width} x {Height}; get the right PNG file."
            );
        return Masks(map, faults);
    }

    /// <summary>Reads the picture and the masks of its phrases; what cannot be used is counted.</summary>
    /// <returns>Null where a file cannot be read or the sizes do not agree.</returns>
    public (Picture Picture, IReadOnlyList<RunLengthMask> Masks)? TryLoad(BenchmarkFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        var kind = FaultKind.UnreadableMap;
        try
        {
            var map = PanopticMap.Load(PanopticPath);
            kind = FaultKind.UnreadablePicture;
            var picture = LoadPicture();
            if (!HasOneSize(picture.Width, picture.Height, map, faults))
                return null;
            return (picture, Masks(map, faults));
        }
        catch (InputException e)
        {
            faults.Add(kind, e.Message);
            return null;
        }
    }

    /// <summary>Whether picture, panoptic PNG and annotation agree; counted where not.</summary>
    internal bool HasOneSize(int width, int height, PanopticMap map, BenchmarkFaults faults)
    {
        bool isAnnotated = Width > 0 && Height > 0;
        if ((width, height) == (map.Width, map.Height) && (!isAnnotated || (width, height) == (Width, Height)))
            return true;
        faults.Add(
            FaultKind.OtherSize,
            $"{PicturePath} is {width} x {height}, {PanopticPath} {map.Width} x {map.Height}{(isAnnotated ? $", the annotation says {Width} x {Height}" : "")}"
        );
        return false;
    }

    private RunLengthMask[] Masks(PanopticMap map, BenchmarkFaults faults)
    {
        foreach (var segment in Phrases.SelectMany(p => p.Segments).Distinct())
            CheckArea(segment, map, faults);
        return [.. Phrases.Select(p => map.MaskOf([.. p.Segments.Select(s => s.Id)]))];
    }

    internal void CheckArea(PanopticSegment segment, PanopticMap map, BenchmarkFaults faults)
    {
        long pixels = map.Areas.GetValueOrDefault(segment.Id);
        if (pixels != segment.Area)
            faults.Add(FaultKind.WrongArea, $"{PanopticPath}, segment {segment.Id}: {pixels} pixels, area {segment.Area}");
    }
}
