namespace Groundling.Data;

/// <summary>A narrative with everything needed to ground it and to judge the result; pixels are read on demand.</summary>
/// <param name="Index">The narrative's place in its file, from 0.</param>
/// <param name="ImageId">The COCO image, without leading zeros.</param>
/// <param name="Caption">The caption with its grounded phrases only.</param>
/// <param name="Phrases">The phrases of <paramref name="Caption"/> with their segments; may be empty.</param>
/// <param name="PicturePath">The picture's file.</param>
/// <param name="PanopticPath">The panoptic PNG's file.</param>
public sealed record BenchmarkExample(
    int Index, string ImageId, Caption Caption, IReadOnlyList<BenchmarkPhrase> Phrases, string PicturePath, string PanopticPath)
{
    /// <summary>Reads the picture.</summary>
    /// <exception cref="InputException">The file is not a readable picture.</exception>
    public Picture LoadPicture() => Picture.Load(PicturePath);

    /// <summary>The ground-truth mask of each phrase, at the picture's size.</summary>
    /// <param name="faults">Counts segments whose pixels and area disagree.</param>
    /// <exception cref="InputException">The panoptic PNG cannot be read.</exception>
    public IReadOnlyList<RunLengthMask> LoadMasks(BenchmarkFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        var (ids, width, height) = PanopticPng.Read(PanopticPath);
        var segments = new Dictionary<int, RunLengthMask>();
        foreach (var segment in Phrases.SelectMany(p => p.Segments))
        {
            if (segments.ContainsKey(segment.Id))
                continue;
            var mask = PanopticPng.MaskOf(ids, width, height, [segment.Id]);
            if (mask.Area != segment.Area)
                faults.WrongAreas++;
            segments.Add(segment.Id, mask);
        }
        return [.. Phrases.Select(p => RunLengthMask.Union(p.Segments.Select(s => segments[s.Id]), width, height))];
    }
}
