using System.Text.Json;
using Groundling.Core;

namespace Groundling.Evaluation;

/// <summary>One evaluation as its folder holds it: the report and every phrase's result.</summary>
/// <param name="Folder">The folder, as it was named.</param>
/// <param name="Report">Its figures.</param>
/// <param name="Results">Every narrative, without masks, in the file's order.</param>
public sealed record ComparedRun(string Folder, EvaluationReport Report, IReadOnlyList<NarrativeResult> Results)
{
    /// <summary>The journal, which has the masks.</summary>
    internal string Journal => Path.Combine(Folder, EvaluationJournal.FileName);

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
        NarrativeResult[] results = [.. EvaluationJournal.Read(journal).Select(r => r.WithoutMasks()).OrderBy(r => r.Narrative)];
        return results.Length == report.Counts.Narratives
            ? new(folder, report, results)
            : throw new InputException(
                $"{journal} has {results.Length} narratives, the report {report.Counts.Narratives}; go on with it: evaluate --resume"
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
