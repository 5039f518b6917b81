using Groundling.Data;

namespace Groundling.Evaluation;

/// <summary>A comparison as one page without any other file, for light and dark and for phones.</summary>
internal sealed class ComparisonPage(
    Comparison comparison,
    EvaluationReport first,
    IReadOnlyDictionary<(string Method, PhraseChange Change), ChangeFigure> figures
) : ReportPage
{
    private const double LeastScale = 0.005;
    private string First => comparison.Methods[0].Name;

    public string ToHtml()
    {
        var settings = first.Settings;
        return Page(
            "Panoptic narrative grounding · comparison",
            $"{string.Join(", ", comparison.Methods.Skip(1).Select(m => m.Name))} against {First}",
            $"{comparison.Counts.Phrases:N0} phrases of {comparison.Counts.Narratives:N0} narratives on {comparison.Counts.Pictures:N0} pictures: {settings.Data.Name}, split {settings.Split}.",
            () =>
            {
                if (comparison.Methods.Count == 2)
                    Headline();
                Methods();
                for (int i = 0; i < comparison.Changes.Count; i++)
                    Against(i);
                Details();
            }
        );
    }

    /// <summary>The differences in the five groups.</summary>
    private void Headline()
    {
        Add("<section class=\"cards\" aria-label=\"Differences of average recall in points\">");
        foreach (var set in comparison.Groups)
        {
            var (group, difference) = (Enum.Parse<PhraseGroup>(set.Name, ignoreCase: true), set.Differences[0]);
            Add(
                $"<div class=\"card g{(int)group}\"><span class=\"name\">{Capital(set.Name)}</span><strong>{Points(difference.Value)}</strong><span class=\"of\">{Within(difference.Interval)}</span><span class=\"of\">{Percent(set.Methods[0].AverageRecall)} → {Percent(set.Methods[1].AverageRecall)}</span></div>"
            );
        }
        Add("</section>");
    }

    private void Methods()
    {
        var ofGroup = comparison.Groups.ToDictionary(set => Enum.Parse<PhraseGroup>(set.Name, ignoreCase: true));
        Add(
            $"""
            <section><h2>Average recall</h2><p>Per cent, by group{(
                comparison.Methods.Any(m => m.Folders.Count > 1) ? "; of several seeds the mean, and their standard deviation" : ""
            )}.</p>
            <div class="scroll"><table class="figures"><thead><tr><th scope="col">Method</th>{GroupHeads()}{(
                first.IsCocoValidation ? ReadIn : ""
            )}</tr></thead><tbody>
            """
        );
        for (int i = 0; i < comparison.Methods.Count; i++)
            Add(
                $"<tr class=\"ours\"><th scope=\"row\">{Text(comparison.Methods[i].Name)}</th>{Cells(g => ofGroup.TryGetValue(g, out var set) ? Figure(set.Methods[i]) : None)}{(first.IsCocoValidation ? "<td class=\"source\">these reports</td>" : "")}</tr>"
            );
        if (first.IsCocoValidation)
            Published();
        Add($"</tbody></table></div>{(first.IsCocoValidation ? AboutPublished : "")}</section>");
    }

    private void Against(int method)
    {
        var name = comparison.Methods[method + 1].Name;
        Add(
            $"<section><h2>{Text(name)} less {Text(First)}</h2><p>Points of average recall, with the interval that holds the true difference with 95 % confidence; bold where it excludes 0.</p>"
        );
        Table("Group", comparison.Groups, method, tall: false);
        Add("<h3>By size</h3><p>How much of the picture the ground truth takes.</p>");
        Table("Share", comparison.Sizes, method, tall: false);
        Add("</section>");
        const string chance = "With so many rows at 95 %, about one in twenty excludes 0 by chance alone.";
        Add($"<section><h2>By category</h2><p>The category of a phrase's last segment. {chance}</p>");
        Table("Category", comparison.Categories, method, tall: true);
        Add($"</section><section><h2>By noun</h2><p>The phrase's head noun, in the singular. {chance}</p>");
        Table("Noun", comparison.Nouns, method, tall: true);
        Add("</section>");
        Gallery("Won most", $"The phrases that {name} grounds better by most, one a picture.", name, comparison.Changes[method].Won);
        Gallery("Lost most", $"The phrases that {name} grounds worse by most, one a picture.", name, comparison.Changes[method].Lost);
    }

    private void Table(string what, IReadOnlyList<ComparedSet> sets, int method, bool tall)
    {
        double scale = sets.SelectMany(s => Ends(s.Differences[method])).Append(LeastScale).Max(Math.Abs);
        // What is asked for first: a telephone shows the first columns alone.
        Add(
            $"""
            <div class="scroll{(tall ? " tall" : "")}"><table class="categories compared"><thead><tr><th scope="col">{what}</th><th scope="col">Difference</th><th scope="col" class="wide">95 % interval, ±{100
                * scale:F1}</th><th scope="col">{Text(First)}</th><th scope="col">{Text(
                comparison.Methods[method + 1].Name
            )}</th><th scope="col">Phrases</th></tr></thead><tbody>
            """
        );
        foreach (var set in sets)
        {
            var difference = set.Differences[method];
            var points = difference.IsClear ? $"<b>{Points(difference.Value)}</b>" : Points(difference.Value);
            Add(
                $"<tr><th scope=\"row\">{Text(set.Name)}</th><td>{points}</td><td class=\"wide\">{Bar(difference, scale)}</td><td>{Figure(set.Methods[0])}</td><td>{Figure(set.Methods[method + 1])}</td><td>{set.Phrases:N0}</td></tr>"
            );
        }
        Add("</tbody></table></div>");
    }

    /// <summary>The interval on a track whose middle is 0.</summary>
    private static string Bar(MethodDifference difference, double scale)
    {
        if (difference.Interval is not { } interval)
            return $"<span class=\"none\">fewer than {PairedBootstrap.LeastPictures} pictures</span>";
        double At(double value) => 50 + (50 * value / scale);
        var side =
            !difference.IsClear ? ""
            : difference.Value > 0 ? " won"
            : " lost";
        return $"<div class=\"meter\"><span class=\"track{side}\" title=\"{Within(interval)}\"><i style=\"left:{At(interval.Low):F2}%;width:{At(interval.High) - At(interval.Low):F2}%\"></i><u style=\"left:{At(difference.Value):F2}%\"></u></span><b>{Within(interval)}</b></div>";
    }

    private static double[] Ends(MethodDifference difference) => difference.Interval is { } interval ? [interval.Low, interval.High] : [];

    private void Gallery(string heading, string about, string method, IReadOnlyList<PhraseChange> changes)
    {
        if (changes.Count == 0)
            return;
        Add($"<section><h2>{heading}</h2><p>{Text(about)}</p><div class=\"gallery\">");
        foreach (var change in changes)
            Case(method, change);
        Add("</div></section>");
    }

    private void Case(string method, PhraseChange change)
    {
        var phrase =
            $"<p class=\"note\">{ImageLink(change.ImageId)}, narrative {change.Narrative}, phrase {change.Phrase}: <b>{Text(change.Text)}</b> · IoU {change.Before:F2} → {change.After:F2} ({Points(change.Gain)})</p>";
        if (!figures.TryGetValue((method, change), out var figure))
        {
            Add($"<article>{phrase}</article>");
            return;
        }
        Add(
            $"<article><div class=\"three{(figure.Truth.IsTall ? " tall" : "")}\"><figure>{Image(figure.Truth, "Ground truth")}<figcaption>Truth</figcaption></figure><figure>{Image(figure.First, First)}<figcaption>{Text(First)}, {change.Before:F2}</figcaption></figure><figure>{Image(figure.Other, method)}<figcaption>{Text(method)}, {change.After:F2}</figcaption></figure></div><div>"
        );
        var span = figure.Case.Example.Phrases[figure.Place].Span;
        Caption(figure.Case.Example.Caption, [(span, PhrasePalette.Take(1)[0].ToString(), "")]);
        Add($"{phrase}</div></article>");
    }

    private void Details()
    {
        var settings = first.Settings;
        Add("<section><h2>How it was measured</h2><dl>");
        Detail("Data", $"{Text(settings.Data.Name)} <code>{settings.Data.Content}</code>, split {Text(settings.Split)}");
        Detail("Protocol", $"{Text(settings.Protocol)}: {Text(ResolutionProtocol.Named(settings.Protocol).Description)}");
        Detail("Groups", $"{Text(settings.Groups)}: {Text(GroupRule.Named(settings.Groups).Description)}");
        Detail("Pictures", Browsing(settings, first.Run, comparison.Methods.Select(m => m.Folders[0])));
        Detail(
            "Intervals",
            $"percentile intervals of a paired bootstrap: {comparison.Resamples:N0} times all pictures are drawn with replacement (seed {comparison.Seed}), each with all its phrases, for both methods alike. They say what other pictures would do to these very models; what other seeds of training would do is said by the spread over several evaluations alone"
        );
        foreach (var method in comparison.Methods)
            for (int i = 0; i < method.Folders.Count; i++)
            {
                Add($"</dl><h3>{Text(method.Name)}</h3><dl>");
                Detail("Report", $"<code>{Text(method.Folders[i])}</code>");
                Detail("Method", Text(method.Settings[i].Method));
                Origin(method.Runs[i]);
            }
        Add("</dl></section>");
    }

    private static string Figure(MethodFigure figure) =>
        Percent(figure.AverageRecall) + (figure.Spread is { } spread ? $"<small> ±{100 * spread:F1}</small>" : "");

    private static string Within(Interval? interval) => interval is null ? None : $"{Points(interval.Low)} to {Points(interval.High)}";

    /// <summary>A difference of fractions in points, with its sign; the minus is as wide as the plus.</summary>
    private static string Points(double difference) => $"{100 * difference:+0.0;−0.0;0.0}";
}
