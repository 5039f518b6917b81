using System.Text.Json;
using Groundling.Core;

namespace Groundling.Evaluation;

/// <summary>One evaluation as its folder holds it: the report and every phrase's result.</summary>
/// <param name="Folder">The folder, as it was named.</param>
/// <param name="Report">Its figures.</param>
/// <param name="Results">Every narrative, without masks, in the file's order.</param>
public sealed record ComparedRun(string Folder, EvaluationReport Report, IReadOnlyList<NarrativeResult> Results)
{
    private IReadOnlyDictionary<int, long> Places { get; init; } = new Dictionary<int, long>();

    /// <summary>The journal, which has the masks.</summary>
    private string Journal => Path.Combine(Folder, EvaluationJournal.FileName);

    /// <summary>A narrative's result with its masks, from the journal; null where it was not judged.</summary>
    /// <param name="narrative">The record's place in its file.</param>
    /// <exception cref="InputException">The journal was changed since this was read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public NarrativeResult? WithMasks(int narrative) =>
        !Places.TryGetValue(narrative, out var place) ? null
        : EvaluationJournal.ReadAt(Journal, place) is { } result && result.Narrative == narrative ? result
        : throw new InputException($"{Journal} was changed meanwhile; start anew");

    /// <summary>Reads the folder of an evaluation that is finished.</summary>
    /// <param name="folder">The folder, or the report.json or report.html in it.</param>
    /// <exception cref="InputException">It holds no finished evaluation, or one of an earlier version, or a file is damaged.</exception>
    public static ComparedRun Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (File.Exists(folder) && Path.GetFileName(folder) is ReportFolder.Json or ReportFolder.Html)
            folder = Path.GetDirectoryName(Path.GetFullPath(folder))!;
        var (json, journal) = (Path.Combine(folder, ReportFolder.Json), Path.Combine(folder, EvaluationJournal.FileName));
        if (!Directory.Exists(folder))
            throw new InputException($"{folder} is not a folder; name the --out folder of evaluate or score");
        if (!File.Exists(json))
            throw new InputException(
                File.Exists(journal)
                    ? $"{folder} holds an evaluation that was not finished; go on with it: evaluate --resume"
                    : $"{folder} holds no report ({ReportFolder.Json} is missing); name the --out folder of evaluate or score"
            );
        if (!File.Exists(journal))
            throw new InputException(
                $"{folder} has a report without {EvaluationJournal.FileName}, where each phrase's result would stand; measure it again with this version"
            );
        var report = ReadReport(json);
        var settings = EvaluationJournal.ReadSettings(journal);
        if (settings != report.Settings)
            throw new InputException(
                $"{folder}: {ReportFolder.Json} and {EvaluationJournal.FileName} are of two evaluations; measure it again"
            );
        var places = new Dictionary<int, long>();
        var results = new List<NarrativeResult>();
        foreach (var (result, place) in EvaluationJournal.ReadPlaces(journal))
        {
            places[result.Narrative] = place;
            results.Add(result);
        }
        return results.Count == report.Counts.Narratives
            ? new(folder, report, [.. results.OrderBy(r => r.Narrative)]) { Places = places }
            : throw new InputException(
                $"{journal} has {results.Count} narratives, the report {report.Counts.Narratives}; go on with it: evaluate --resume"
            );
    }

    private static EvaluationReport ReadReport(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<EvaluationReport>(PlainText.Read(path), EvaluationJson.Indented) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new InputException($"{path} is no report of this version; write it anew with evaluate --resume, or measure it again", e);
        }
    }
}
