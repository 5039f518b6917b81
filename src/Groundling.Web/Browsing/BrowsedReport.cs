using Groundling.Evaluation;

namespace Groundling.Web.Browsing;

/// <summary>An evaluation held against the data: which of its scores belongs to which phrase.</summary>
internal sealed class BrowsedReport
{
    private readonly ComparedRun _run;
    private readonly NarrativeResult?[] _fitting; // by the narrative's place among the benchmark's examples

    private BrowsedReport(string name, ComparedRun run, NarrativeResult?[] fitting) => (Name, _run, _fitting) = (name, run, fitting);

    public string Name { get; }

    public EvaluationReport Report => _run.Report;

    /// <summary>Holds an evaluation against the data. A narrative fits while its picture and phrases are those that were judged.</summary>
    /// <param name="method">The evaluation.</param>
    /// <param name="catalogue">The data as they are now.</param>
    /// <returns>The report, and how many of its narratives do not fit any more.</returns>
    public static (BrowsedReport Report, int Strangers) Of(ComparedMethod method, Catalogue catalogue)
    {
        var run = method.Runs[0];
        var judged = run.Results.ToDictionary(result => result.Narrative);
        var fitting = new NarrativeResult?[catalogue.Narratives.Select(narrative => narrative.Place + 1).DefaultIfEmpty().Max()];
        int found = 0;
        foreach (var picture in catalogue.Pictures)
        foreach (var narrative in picture.Narratives)
            if (judged.GetValueOrDefault(narrative.Index) is { } result && Fits(result, picture, narrative))
            {
                fitting[narrative.Place] = result;
                found++;
            }
        return (new(method.Name, run, fitting), run.Results.Count - found);
    }

    /// <summary>A phrase's IoU; null where it was not judged.</summary>
    public double? Score(CataloguedNarrative narrative, int phrase) => _fitting[narrative.Place]?.Phrases[phrase].IoU;

    /// <summary>A narrative's results with their masks; null where it was not judged.</summary>
    /// <exception cref="InputException">The journal was changed since it was read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public NarrativeResult? WithMasks(CataloguedNarrative narrative) =>
        _fitting[narrative.Place] is null ? null : _run.WithMasks(narrative.Index);

    private static bool Fits(NarrativeResult result, CataloguedPicture picture, CataloguedNarrative narrative) =>
        result.ImageId == picture.Id
        && result.Phrases.Count == narrative.Phrases.Count
        && result
            .Phrases.Zip(narrative.Phrases)
            .All(pair =>
                pair.First.Start == pair.Second.Start
                && narrative.Caption.AsSpan(pair.Second.Start, pair.Second.Length).SequenceEqual(pair.First.Text)
            );
}
