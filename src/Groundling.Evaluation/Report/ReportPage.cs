using System.Net;
using System.Text;
using Groundling.Data;

namespace Groundling.Evaluation;

/// <summary>What the pages of reports are made of; texts become HTML here and nowhere else.</summary>
internal abstract class ReportPage
{
    private const int LongestSide = 560;
    private static readonly Lazy<string> StyleSheet = new(ReadStyleSheet);
    private readonly StringBuilder _page = new();

    protected static IReadOnlyList<PhraseGroup> Groups { get; } = Enum.GetValues<PhraseGroup>();

    protected static string None => "<span class=\"none\">–</span>";

    /// <summary>A page without any other file, for light and dark and for phones.</summary>
    protected string Page(string kicker, string title, string lead, Action sections)
    {
        Add(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark"><title>{Text(title)} · Groundling</title>
            <style>{StyleSheet.Value}</style></head><body><main>
            <header><p class="kicker">{Text(kicker)}</p><h1>{Text(title)}</h1>
            <p class="lead">{Text(lead)}</p></header>
            """
        );
        sections();
        Add("</main></body></html>\n");
        return _page.ToString();
    }

    protected void Add(string html, bool newLine = true)
    {
        _page.Append(html);
        if (newLine)
            _page.Append('\n');
    }

    /// <summary>The table head of the five groups, from its second column on.</summary>
    protected static string GroupHeads() =>
        string.Concat(Groups.Select(g => $"<th scope=\"col\"><i class=\"dot g{(int)g}\"></i>{Capital(g)}</th>"));

    /// <summary>A cell for each of the five groups.</summary>
    protected static string Cells(Func<PhraseGroup, string> cell) => string.Concat(Groups.Select(g => $"<td>{cell(g)}</td>"));

    /// <summary>Other people's figures, under a table whose last column says where they were read.</summary>
    protected void Published()
    {
        foreach (var row in PublishedResult.All)
            Add(
                $"<tr><th scope=\"row\">{Text(row.Method)}</th>{Cells(g => row.Percent[g] is { } p ? $"{p:F1}" : None)}<td class=\"source\">{Text(row.Source)}</td></tr>"
            );
    }

    protected const string ReadIn = "<th scope=\"col\" class=\"source\">Read in</th>";

    protected const string AboutPublished =
        "<p class=\"note\">The other rows are quoted from the documents that the last column names; they stand for the benchmark's whole validation split, each by its authors' own protocol and groups.</p>";

    /// <summary>A caption with its phrases marked in their colours; those that overlap an earlier one are not.</summary>
    protected void Caption(Caption caption, IEnumerable<(PhraseSpan Span, string Colour, string Number)> phrases)
    {
        Add("<p class=\"caption\">", newLine: false);
        int at = 0;
        foreach (var (span, colour, number) in phrases)
        {
            if (span.Start < at)
                continue;
            Add(
                $"{Text(caption.Text[at..span.Start])}<mark style=\"--c:{colour}\">{Text(span.Text)}<sup>{number}</sup></mark>",
                newLine: false
            );
            at = span.End;
        }
        Add($"{Text(caption.Text[at..])}</p>", newLine: false);
    }

    /// <summary>A picture small enough to stand in a page.</summary>
    public static Thumbnail Small(Picture picture) => Thumbnail.Of(picture, LongestSide);

    /// <summary>A picture's number, which leads to where <c>groundling browse</c> shows it.</summary>
    protected static string ImageLink(string imageId) => $"<a href=\"{BrowseAddress.Of(imageId)}\">image {Text(imageId)}</a>";

    /// <summary>What to start so that <see cref="ImageLink"/> leads somewhere.</summary>
    /// <param name="settings">What was judged.</param>
    /// <param name="run">Where it was; null where that was not recorded.</param>
    /// <param name="reports">The reports' folders.</param>
    protected static string Browsing(EvaluationSettings settings, EvaluationRun? run, params IEnumerable<string> reports) =>
        $"The numbers of pictures lead to a page that shows any of them, phrase by phrase, while this runs: <code>groundling browse {Text(Quoted(run?.Data ?? settings.Data.Name))} --split {Text(settings.Split)}{string.Concat(reports.Select(report => $" --report {Text(Quoted(report))}"))}</code>";

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;

    /// <summary>A picture inside the page.</summary>
    protected static string Image(Thumbnail image, string what) =>
        $"<img loading=\"lazy\" width=\"{image.Width}\" height=\"{image.Height}\" alt=\"{Text(what)}\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(image.Jpeg)}\">";

    /// <summary>A term and what it is; the latter is HTML.</summary>
    protected void Detail(string term, string html) => Add($"<dt>{Text(term)}</dt><dd>{html}</dd>");

    /// <summary>With what program, when and where an evaluation was made, as further details.</summary>
    protected void Origin(EvaluationRun? run)
    {
        if (run is null)
            return;
        var start = run.Starts[^1];
        Detail("Program", $"version {Text(start.Version)}, {Text(start.Runtime)}");
        Detail("Begun", string.Join("<br>", run.Starts.Select(s => $"{s.Time:yyyy-MM-dd HH:mm:ss} UTC")));
        Detail("Machine", $"{Text(start.Machine)}; {start.Cores} logical processors, {start.Threads} threads");
        if (start.Device is { } device)
            Detail("Computed on", Text(device));
        Detail("Command", $"<code>{Text(start.CommandLine)}</code>");
        if (run.Seed is { } seed)
            Detail("Seed", $"{seed}");
        if (run.Config is { } config)
            Detail("Config", $"<details><summary>shown</summary><pre>{Text(config.ToJsonString(EvaluationJson.Indented))}</pre></details>");
    }

    protected static string Percent(double? fraction) => fraction is { } f ? $"{100 * f:F1}" : None;

    protected static string Capital(object name) =>
        name.ToString() is { Length: > 0 } text ? char.ToUpperInvariant(text[0]) + text[1..] : "";

    protected static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string ReadStyleSheet()
    {
        using var file = new StreamReader(
            typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")
                ?? throw new InvalidOperationException("The embedded style sheet report.css is missing from the assembly.")
        );
        return file.ReadToEnd();
    }
}
