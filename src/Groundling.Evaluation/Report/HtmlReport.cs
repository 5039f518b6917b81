using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Evaluation;

/// <summary>
/// The report as one page without any other file: figures, charts, categories and a gallery, for light and dark and for phones.
/// </summary>
internal sealed class HtmlReport(
    EvaluationReport report,
    IReadOnlyList<NarrativeResult> results,
    GallerySelection gallery,
    IReadOnlyDictionary<int, GalleryFigure> figures
) : ReportPage
{
    private const int WideChart = 620,
        NarrowChart = 350;

    public string ToHtml()
    {
        var settings = report.Settings;
        var title = settings.Model is { } model ? $"{Capital(settings.Method)}, {model.Name}" : Capital(settings.Method);
        return Page(
            "Panoptic narrative grounding · evaluation",
            title,
            $"{report.Counts.Phrases:N0} phrases of {report.Counts.Narratives:N0} narratives on {report.Counts.Pictures:N0} pictures: {settings.Data.Name}, split {settings.Split}{(settings.Limit is { } limit ? $", the first {limit:N0} narratives" : "")}.",
            () =>
            {
                Headline();
                Results();
                Curves();
                Distributions();
                Categories();
                Gallery();
                Details();
            }
        );
    }

    private void Headline()
    {
        Add("<section class=\"cards\" aria-label=\"Average recall\">");
        foreach (var group in Groups)
            Add(
                $"<div class=\"card g{(int)group}\"><span class=\"name\">{Capital(group)}</span><strong>{Percent(report.AverageRecall[group])}</strong><span class=\"of\">{Count(group):N0} phrases</span></div>"
            );
        Add("</section>");
    }

    private void Results()
    {
        Add(
            $"""
            <section><h2>Average recall</h2><p>Per cent, by group. {Text(Capital(report.Settings.Protocol))} protocol: {Text(
                ResolutionProtocol.Named(report.Settings.Protocol).Description
            )}.</p>
            <div class="scroll"><table class="figures"><thead><tr><th scope="col">Method</th>{GroupHeads()}{(report.IsCocoValidation ? ReadIn : "")}</tr></thead><tbody>
            <tr class="ours"><th scope="row">{Text(Capital(report.Settings.Method))}</th>{Cells(g =>
                Percent(report.AverageRecall[g])
            )}{(report.IsCocoValidation ? "<td class=\"source\">this run</td>" : "")}</tr>
            """
        );
        if (report.IsCocoValidation)
            Published();
        Add(
            $"""
            </tbody></table></div>
            {(report.IsCocoValidation ? AboutPublished : "")}
            <div class="scroll"><table class="figures small"><thead><tr><th scope="col">This run</th>{string.Concat(
                Groups.Select(g => $"<th scope=\"col\">{Capital(g)}</th>")
            )}</tr></thead><tbody>
            <tr><th scope="row">IoU above 0.5</th>{Cells(g =>
                Percent(report.ShareAboveHalf[g])
            )}</tr><tr><th scope="row">Mean IoU</th>{Cells(g => Percent(report.MeanIou[g]))}</tr><tr><th scope="row">Phrases</th>{Cells(g =>
                $"{Count(g):N0}"
            )}</tr>
            </tbody></table></div></section>
            """
        );
    }

    private void Curves()
    {
        Add(
            "<section><h2>Recall over IoU</h2><p>The share of phrases whose mask reaches a threshold; the area below a curve is its average recall.</p><figure>"
        );
        Chart(
            "Recall over the IoU threshold for the five groups",
            (charts, theme, width) => charts.Recall(theme, width, width == WideChart ? 380 : 300)
        );
        Add(
            $"<figcaption class=\"legend\">{string.Concat(Groups.Select(g => $"<span><i class=\"dot g{(int)g}\"></i>{Capital(g)} <b>{Percent(report.AverageRecall[g])}</b></span>"))}</figcaption></figure></section>"
        );
    }

    private void Distributions()
    {
        Add(
            "<section class=\"pair\"><div><h2>Where the phrases lie</h2><p>Phrases by IoU, in steps of 0.05; green from 0.5 on.</p><figure>"
        );
        Chart("How many phrases reach which IoU", (charts, theme, width) => charts.IoUs(theme, Math.Min(width, 480), 290));
        Add("</figure></div><div><h2>Small and large</h2><p>Mean IoU by the truth's share of the picture.</p><figure>");
        Chart("Mean IoU by the size of the ground truth", (charts, theme, width) => charts.BySize(theme, Math.Min(width, 480), 290));
        Add("</figure></div></section>");
    }

    private void Chart(string description, Func<ReportCharts, ReportTheme, int, byte[]> draw)
    {
        var charts = new ReportCharts(results, GroupRule.Named(report.Settings.Groups));
        string Drawn(ReportTheme theme, int width) => $"data:image/png;base64,{Convert.ToBase64String(draw(charts, theme, width))}";
        Add(
            $"""
            <picture><source media="(max-width: 600px) and (prefers-color-scheme: dark)" srcset="{Drawn(
                ReportTheme.Dark,
                NarrowChart
            )}"><source media="(max-width: 600px)" srcset="{Drawn(ReportTheme.Light, NarrowChart)}">
            <source media="(prefers-color-scheme: dark)" srcset="{Drawn(ReportTheme.Dark, WideChart)}"><img class="chart" alt="{Text(
                description
            )}" src="{Drawn(ReportTheme.Light, WideChart)}"></picture>
            """
        );
    }

    private void Categories()
    {
        Add(
            "<section><h2>By category</h2><p>The category is that of a phrase's last segment; the bar is average recall.</p><div class=\"scroll tall\"><table class=\"categories\"><thead><tr><th scope=\"col\">Category</th><th scope=\"col\">Phrases</th><th scope=\"col\" class=\"wide\">Average recall</th><th scope=\"col\">IoU &gt; 0.5</th><th scope=\"col\">Mean IoU</th></tr></thead><tbody>"
        );
        foreach (var c in report.Categories)
            Add(
                $"<tr><th scope=\"row\"><i class=\"dot g{(c.IsThing ? 1 : 2)}\"></i>{Text(c.Name)}</th><td>{c.Phrases:N0}</td><td class=\"wide\"><div class=\"meter\"><span class=\"bar\"><i class=\"g{(c.IsThing ? 1 : 2)}\" style=\"width:{100 * c.AverageRecall:F1}%\"></i></span><b>{Percent(c.AverageRecall)}</b></div></td><td>{Percent(c.ShareAboveHalf)}</td><td>{Percent(c.MeanIou)}</td></tr>"
            );
        Add("</tbody></table></div><p class=\"note\"><i class=\"dot g1\"></i>thing <i class=\"dot g2\"></i>stuff</p></section>");
    }

    private void Gallery()
    {
        foreach (
            var (name, about, chosen) in ((string, string, IReadOnlyList<int>)[])
                [
                    ("Best", "The narratives with the highest mean IoU.", gallery.Best),
                    ("Worst", "The narratives with the lowest mean IoU.", gallery.Worst),
                    ("At random", "Drawn by lot from the others.", gallery.Random),
                ]
        )
        {
            if (chosen.Count == 0)
                continue;
            Add($"<section><h2>{name}</h2><p>{about} Left the method's masks, right the ground truth.</p><div class=\"gallery\">");
            foreach (int narrative in chosen)
                if (figures.TryGetValue(narrative, out var figure))
                    Case(figure);
            Add("</div></section>");
        }
    }

    private void Case(GalleryFigure figure)
    {
        var (result, example) = (figure.Result, figure.Case.Example);
        var colours = PhrasePalette.Take(result.Phrases.Count);
        Add(
            $"<article><div class=\"two{(figure.Predicted.IsTall ? " tall" : "")}\">{Image(figure.Predicted, "The method's masks")}{Image(figure.Truth, "Ground truth")}</div><div class=\"words\">"
        );
        Caption(example.Caption, example.Phrases.Select((phrase, i) => (phrase.Span, colours[i].ToString(), $"{i + 1}")));
        Add("<ol>");
        foreach (var (i, phrase) in result.Phrases.Index())
            Add(
                $"<li><span class=\"chip{(colours[i].IsLight ? " light" : "")}\" style=\"--c:{colours[i]}\">{i + 1}</span><span>{Text(phrase.Text)}</span><b>{phrase.IoU:F2}</b></li>"
            );
        Add(
            $"</ol><p class=\"note\">{ImageLink(result.ImageId)}, narrative {result.Narrative} · mean IoU {result.MeanIoU:F3}</p></div></article>"
        );
    }

    private void Details()
    {
        var settings = report.Settings;
        Add("<section><h2>How it was measured</h2><dl>");
        Detail(
            "Method",
            $"{Text(settings.Method)}{(
                settings.Model is { } model ? $", {Text(model.Name)} <code>{model.Content}</code>" : ""
            )}{(settings.Trained is { } trained ? $", trained parts {Text(trained.Name)} <code>{trained.Content}</code>" : "")}"
        );
        Detail("Data", $"{Text(settings.Data.Name)} <code>{settings.Data.Content}</code>, split {Text(settings.Split)}");
        Detail("Protocol", $"{Text(settings.Protocol)}: {Text(ResolutionProtocol.Named(settings.Protocol).Description)}");
        Detail("Groups", $"{Text(settings.Groups)}: {Text(GroupRule.Named(settings.Groups).Description)}");
        Detail("Network size", settings.Size == 0 ? "each picture's own" : $"{settings.Size} pixels along the longer side");
        Detail("Threshold", $"{settings.Threshold}");
        Detail(
            "Metric",
            "recall averaged over the IoU thresholds 0, 0.00001, ..., 0.99998; a phrase without any pixel in prediction and truth counts as IoU 0"
        );
        if (report.Counts.Missing > 0)
            Detail("Missing", $"{report.Counts.Missing:N0} phrases without a prediction, judged as empty masks");
        Detail("Faults of the data", report.Faults.Count == 0 ? "none" : string.Join("<br>", report.Faults.Select(Text)));
        Origin(report.Run);
        Detail("Pictures", $"{Browsing(settings, report.Run, ".")}, started in this report's folder");
        Add("</dl></section>");
    }

    private int Count(PhraseGroup group) =>
        group switch
        {
            PhraseGroup.Things => report.Counts.Things,
            PhraseGroup.Stuff => report.Counts.Stuff,
            PhraseGroup.Singulars => report.Counts.Singulars,
            PhraseGroup.Plurals => report.Counts.Plurals,
            _ => report.Counts.Phrases,
        };
}
