using System.Text;
using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Evaluation;

/// <summary>Writes a comparison's files: comparison.json and comparison.html, all or none.</summary>
public static class ComparisonFolder
{
    /// <summary>The page's file.</summary>
    public const string Html = "comparison.html";

    private const string Json = "comparison.json";

    /// <summary>Writes the files.</summary>
    /// <param name="folder">Made where missing; files of the same names are replaced.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="methods">What was compared.</param>
    /// <param name="benchmark">The data, for pictures of the phrases that changed most; null for a page without.</param>
    /// <param name="cancellation">Looked at between the pictures.</param>
    /// <exception cref="InputException">A picture cannot be read, or the folder cannot be written.</exception>
    public static void Write(
        string folder,
        Comparison comparison,
        IReadOnlyList<ComparedMethod> methods,
        PngBenchmark? benchmark,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(methods);
        var figures = benchmark is null ? [] : Figures(comparison, methods, benchmark, cancellation);
        FolderWriter.Write(
            folder,
            [
                (Json, Encoding.UTF8.GetBytes(comparison.ToJson())),
                (Html, Encoding.UTF8.GetBytes(new ComparisonPage(comparison, methods[0].Runs[0].Report, figures).ToHtml())),
            ]
        );
    }

    private static Dictionary<(string Method, PhraseChange Change), ChangeFigure> Figures(
        Comparison comparison,
        IReadOnlyList<ComparedMethod> methods,
        PngBenchmark benchmark,
        CancellationToken cancellation
    )
    {
        var wanted = comparison.Changes.SelectMany(c => c.Won.Concat(c.Lost)).Select(c => c.Narrative).ToHashSet();
        var masks = methods.ToDictionary(
            m => m.Name,
            m => wanted.ToDictionary(narrative => narrative, narrative => m.Runs[0].WithMasks(narrative)!)
        );
        var first = methods[0];
        var figures = new Dictionary<(string, PhraseChange), ChangeFigure>();
        var protocol = ResolutionProtocol.Named(first.Runs[0].Report.Settings.Protocol);
        foreach (var given in new Evaluator(benchmark, protocol).Cases(new BenchmarkFaults()))
        {
            cancellation.ThrowIfCancellationRequested();
            int narrative = given.Example.Index;
            if (!wanted.Remove(narrative))
                continue;
            foreach (var (method, changes) in methods.Skip(1).Zip(comparison.Changes))
            foreach (var change in changes.Won.Concat(changes.Lost).Where(c => c.Narrative == narrative))
                figures.Add(
                    (method.Name, change),
                    ChangeFigure.Draw(
                        given,
                        change.Phrase,
                        (first.Runs[0], masks[first.Name][narrative]),
                        (method.Runs[0], masks[method.Name][narrative])
                    )
                );
            if (wanted.Count == 0)
                break;
        }
        return figures;
    }
}
