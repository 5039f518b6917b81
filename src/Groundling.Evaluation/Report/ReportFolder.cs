using System.Text;
using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Evaluation;

/// <summary>Writes an evaluation's files: report.json, per_phrase.csv and report.html, all or none.</summary>
public static class ReportFolder
{
    /// <summary>The figures' file.</summary>
    public const string Json = "report.json";

    /// <summary>The page's file.</summary>
    public const string Html = "report.html";

    /// <summary>Writes the files.</summary>
    /// <param name="folder">Made where missing; files of the same names are replaced.</param>
    /// <param name="report">The figures.</param>
    /// <param name="results">Every narrative, with or without masks.</param>
    /// <param name="withMasks">The same with masks; read through once, for the gallery.</param>
    /// <param name="benchmark">The data, for the gallery's pictures.</param>
    /// <param name="cancellation">Looked at between the figures.</param>
    /// <exception cref="InputException">A picture of the gallery cannot be read, or the folder cannot be written.</exception>
    public static void Write(
        string folder,
        EvaluationReport report,
        IReadOnlyList<NarrativeResult> results,
        IEnumerable<NarrativeResult> withMasks,
        PngBenchmark benchmark,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(withMasks);
        ArgumentNullException.ThrowIfNull(benchmark);
        NarrativeResult[] ordered = [.. results.OrderBy(r => r.Narrative)];
        var gallery = GallerySelection.From(ordered);
        var figures = Figures(gallery, withMasks, benchmark, report.Settings, cancellation);
        FolderWriter.Write(
            folder,
            [
                (Json, Encoding.UTF8.GetBytes(report.ToJson())),
                ("per_phrase.csv", Encoding.UTF8.GetBytes(PerPhrase(ordered, report.Settings, benchmark.Categories))),
                (Html, Encoding.UTF8.GetBytes(new HtmlReport(report, ordered, gallery, figures).ToHtml())),
            ]
        );
    }

    private static Dictionary<int, GalleryFigure> Figures(
        GallerySelection gallery,
        IEnumerable<NarrativeResult> withMasks,
        PngBenchmark benchmark,
        EvaluationSettings settings,
        CancellationToken cancellation
    )
    {
        var wanted = gallery.All.ToHashSet();
        var shown = withMasks.Where(r => wanted.Contains(r.Narrative)).ToDictionary(r => r.Narrative);
        var figures = new Dictionary<int, GalleryFigure>();
        foreach (var given in new Evaluator(benchmark, ResolutionProtocol.Named(settings.Protocol)).Cases(new BenchmarkFaults()))
        {
            cancellation.ThrowIfCancellationRequested();
            if (shown.TryGetValue(given.Example.Index, out var result))
                figures.Add(given.Example.Index, GalleryFigure.Draw(given, result, settings));
            if (figures.Count == shown.Count)
                break;
        }
        return figures;
    }

    private static string PerPhrase(
        NarrativeResult[] results,
        EvaluationSettings settings,
        IReadOnlyDictionary<int, PanopticCategory> categories
    )
    {
        var rule = GroupRule.Named(settings.Groups);
        var csv = new StringBuilder(
            "narrative,image_id,phrase,text,start,segments,plural_flag,category,is_thing,is_plural,iou,truth_pixels,predicted_pixels,missing\n"
        );
        foreach (var result in results)
        foreach (var p in result.Phrases)
            csv.Append($"{result.Narrative},{result.ImageId},{p.Phrase},{Quoted(p.Text)},{p.Start},{p.Segments},{Flag(p.PluralFlag)},")
                .Append(
                    $"{Quoted(categories.GetValueOrDefault(p.CategoryId)?.Name ?? $"{p.CategoryId}")},{Flag(rule.IsThing(p))},{Flag(rule.IsPlural(p))},"
                )
                .Append($"{p.IoU:R},{p.TruthPixels},{p.PredictedPixels},{Flag(p.Missing)}\n");
        return csv.ToString();
    }

    private static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static int Flag(bool value) => value ? 1 : 0;
}
