using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Core;

namespace Groundling.Evaluation;

/// <summary>An evaluation as its folder shows it.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Method">The method.</param>
/// <param name="Data">The benchmark folder's name and the split.</param>
/// <param name="State">"finished", or "unfinished", to go on with --resume.</param>
/// <param name="Phrases">Phrases judged; null for an unfinished one.</param>
/// <param name="AverageRecall">Of all phrases, as a fraction; null for an unfinished one.</param>
/// <param name="Begun">The first start, in UTC; null where none is recorded.</param>
public sealed record EvaluationSummary(
    string Folder,
    string Method,
    string Data,
    string State,
    int? Phrases,
    double? AverageRecall,
    DateTime? Begun
)
{
    /// <summary>Reads an evaluation's folder; null where it is none.</summary>
    /// <exception cref="InputException">A file of it is damaged.</exception>
    public static EvaluationSummary? Read(string folder)
    {
        var (journal, report) = (Path.Combine(folder, EvaluationJournal.FileName), Path.Combine(folder, ReportFolder.Json));
        if (!File.Exists(report) && !File.Exists(journal))
            return null;
        var begun = EvaluationRun.Read(folder) is { Starts: [var start, ..] } ? start.Time : (DateTime?)null;
        if (File.Exists(report))
        {
            try
            {
                // Reports of earlier versions have these members, too.
                var json = JsonNode.Parse(PlainText.Read(report))!;
                var settings = json["settings"].Deserialize<EvaluationSettings>(EvaluationJson.OneLine) ?? throw new JsonException();
                return new(
                    folder,
                    settings.Method,
                    $"{settings.Data.Name}, {settings.Split}",
                    "finished",
                    (int?)json["counts"]!["phrases"],
                    (double?)json["average_recall"]!["overall"],
                    begun
                );
            }
            catch (Exception e)
                when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
            {
                throw new InputException($"{report} is no report of an evaluation", e);
            }
        }
        if (EvaluationJournal.IsOfPictures(journal))
            return null;
        var begunWith = EvaluationJournal.ReadSettings(journal);
        return new(folder, begunWith.Method, $"{begunWith.Data.Name}, {begunWith.Split}", "unfinished", null, null, begun);
    }
}
