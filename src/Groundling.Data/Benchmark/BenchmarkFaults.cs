namespace Groundling.Data;

/// <summary>Counts the known faults of the benchmark's files, so that a run survives them and still says so.</summary>
public sealed class BenchmarkFaults
{
    /// <summary>Segment ids that the panoptic annotation of their image lacks; left out.</summary>
    public int MissingSegments { get; internal set; }

    /// <summary>Phrases none of whose segments exist; left out.</summary>
    public int PhrasesWithoutSegments { get; internal set; }

    /// <summary>Narratives whose picture or panoptic annotation is not there; left out.</summary>
    public int MissingPictures { get; internal set; }

    /// <summary>Utterances that cannot be found in their caption; left out.</summary>
    public int UnplacedUtterances { get; internal set; }

    /// <summary>Narratives without words; left out.</summary>
    public int EmptyCaptions { get; internal set; }

    /// <summary>Narratives that stand in the file a second time; kept.</summary>
    public int RepeatedNarratives { get; internal set; }

    /// <summary>Segments whose pixel count is not their annotated area; the pixels are used.</summary>
    public int WrongAreas { get; internal set; }

    /// <summary>One line for each kind of fault that occurred: "3 segment ids are missing from the panoptic annotation".</summary>
    public IReadOnlyList<string> Describe()
    {
        var lines = new List<string>();
        Add(MissingSegments, "segment ids are missing from the panoptic annotation (left out)");
        Add(PhrasesWithoutSegments, "phrases have no segment that exists (left out)");
        Add(MissingPictures, "narratives have no picture or no panoptic annotation (left out)");
        Add(UnplacedUtterances, "utterances are not in their caption (left out)");
        Add(EmptyCaptions, "captions are empty (left out)");
        Add(RepeatedNarratives, "narratives occur a second time (kept)");
        Add(WrongAreas, "segments do not have as many pixels as their area says (pixels used)");
        return lines;

        void Add(int count, string what)
        {
            if (count > 0)
                lines.Add($"{count} {what}");
        }
    }
}
