using Groundling.Data.Benchmark;
using Groundling.Evaluation;

namespace Groundling.Web.Browsing;

/// <summary>The data and what was measured of them at one moment.</summary>
internal sealed class BrowsedState
{
    private const int ListsKept = 8;
    private readonly LinkedList<(PictureQuery Query, PictureList List)> _recent = []; // the latest first

    private BrowsedState(PngBenchmark benchmark, Catalogue catalogue, IReadOnlyList<BrowsedReport> reports, IReadOnlyList<string> notes) =>
        (Benchmark, Catalogue, Reports, Notes) = (benchmark, catalogue, reports, notes);

    public PngBenchmark Benchmark { get; }

    public Catalogue Catalogue { get; }

    public IReadOnlyList<BrowsedReport> Reports { get; }

    /// <summary>What to know before trusting what is shown.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <exception cref="InputException">The data cannot be read, or a report is not about them.</exception>
    public static BrowsedState Read(BrowseOptions options)
    {
        var other = options.Reports.Select(method => method.Runs[0]).FirstOrDefault(run => run.Report.Settings.Split != options.Split);
        if (other is not null)
            throw new InputException(
                $"{other.Folder} judged the split {other.Report.Settings.Split}, not {options.Split}; name that split, or leave the report out"
            );
        var benchmark = PngBenchmark.Open(options.Data, options.Split);
        var rule = options.Reports is [var first, ..] ? GroupRule.Named(first.Runs[0].Report.Settings.Groups) : GroupRule.Png;
        var catalogue = new Catalogue(benchmark, rule);
        var (reports, notes) = (new List<BrowsedReport>(), new List<string>());
        if (benchmark.Note is { } note)
            notes.Add(note);
        var mark = options.Reports.Count > 0 ? ContentMark.OfBenchmark(options.Data, benchmark) : null;
        foreach (var method in options.Reports)
        {
            var (report, strangers) = BrowsedReport.Of(method, catalogue);
            var (judged, folder) = (report.Report.Settings.Data, method.Runs[0].Folder);
            if (strangers == report.Report.Counts.Narratives)
                throw new InputException(
                    $"{folder} judged other data: {judged.Name} ({judged.Content}); none of its {strangers} narratives is in {options.Data} ({mark!.Content})"
                );
            if (judged.Content != mark!.Content)
                notes.Add(
                    $"{folder} judged {judged.Name} before its annotations changed: its scores are of then"
                        + (strangers > 0 ? $", and those of {strangers} narratives that changed are left out" : "")
                );
            reports.Add(report);
        }
        return new(benchmark, catalogue, reports, notes);
    }

    /// <summary>A category's name.</summary>
    public string NameOf(int categoryId) => Benchmark.Categories.GetValueOrDefault(categoryId)?.Name ?? $"category {categoryId}";

    /// <summary>The pictures that a question asks for, in its order; the lists asked for last are kept.</summary>
    public PictureList List(PictureQuery query)
    {
        lock (_recent)
        {
            var node = _recent.First;
            while (node is not null && !node.Value.Query.Equals(query))
                node = node.Next;
            if (node is null)
                node = new((query, new(this, query)));
            else
                _recent.Remove(node);
            _recent.AddFirst(node);
            if (_recent.Count > ListsKept)
                _recent.RemoveLast();
            return node.Value.List;
        }
    }
}
