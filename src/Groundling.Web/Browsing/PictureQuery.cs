using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web.Browsing;

/// <summary>Which pictures are asked for, and in which order; as an address says it.</summary>
internal sealed partial record PictureQuery
{
    /// <summary>In the address, all in one parameter each.</summary>
    public static IReadOnlyList<string> Parameters { get; } = ["words", "category", "group", "number", "size", "score", "report", "sort"];

    private static readonly string[] Groups = ["things", "stuff"],
        Numbers = ["singular", "plural"];

    /// <summary>What was typed; the captions that have all of its words are meant.</summary>
    public string Words { get; private init; } = "";

    /// <summary>A category's name; null for all.</summary>
    public string? Category { get; private init; }

    /// <summary>Things alone, or stuff alone; null for both.</summary>
    public bool? IsThing { get; private init; }

    /// <summary>Plurals alone, or singulars alone; null for both.</summary>
    public bool? IsPlural { get; private init; }

    /// <summary>Shares of the picture, as fractions; null for all.</summary>
    public ValueRange? Size { get; private init; }

    /// <summary>IoU by the chosen report; null for all.</summary>
    public ValueRange? Score { get; private init; }

    /// <summary>The place of the report whose scores count.</summary>
    public int Report { get; private init; }

    /// <summary>The order.</summary>
    public PictureOrder Order { get; private init; }

    /// <summary>Whether any phrase is left out, whatever the captions say.</summary>
    public bool ChoosesPhrases =>
        Category is not null || IsThing is not null || IsPlural is not null || Size is not null || Score is not null;

    /// <summary>The words, or texts in quotes, that a caption must have.</summary>
    public IReadOnlyList<string> Terms() =>
        [.. Term().Matches(Words).Select(match => match.Value.Trim('"').Trim()).Where(term => term.Length > 0)];

    /// <summary>Reads an address's parameters.</summary>
    /// <param name="query">The parameters; those of other names are refused unless they are in <paramref name="others"/>.</param>
    /// <param name="state">What there is to ask for.</param>
    /// <param name="others">Parameters that are read elsewhere.</param>
    /// <exception cref="RequestException">A parameter is unknown, or its value is out of range.</exception>
    public static PictureQuery Parse(IQueryCollection query, BrowsedState state, params ReadOnlySpan<string> others)
    {
        foreach (var name in query.Keys)
            if (!Parameters.Contains(name) && !others.Contains(name))
                throw Fault(name, $"there is no parameter '{name}'; there are {string.Join(", ", [.. Parameters, .. others])}");
        var report = ReportOf(query, state);
        if (state.Reports.Count == 0 && Given(query, "score") is not null)
            throw Fault("score", "there are no scores without a report; start with one");
        var order = Given(query, "sort") is { } sort
            ? Enum.TryParse<PictureOrder>(sort, ignoreCase: true, out var known) && char.IsAsciiLetter(sort[0])
                ? known
                : throw Fault("sort", $"'{sort}' is no order: {string.Join(", ", Enum.GetNames<PictureOrder>()).ToLowerInvariant()}")
            : PictureOrder.File;
        int needed = PictureList.ReportsFor(order);
        if (needed > state.Reports.Count)
            throw Fault(
                "sort",
                $"the order {Given(query, "sort")} needs {needed} report{(needed == 1 ? "" : "s")}; start with {(needed == 1 ? "one" : "them")}"
            );
        var category = Given(query, "category");
        if (category is not null && !state.Benchmark.Categories.Values.Any(known => known.Name == category))
            throw Fault("category", $"the data have no category '{category}'");
        return new()
        {
            Words = Given(query, "words") ?? "",
            Category = category,
            IsThing = Choice(query, "group", Groups) is { } thing ? thing == 0 : null,
            IsPlural = Choice(query, "number", Numbers) is { } plural ? plural == 1 : null,
            Size = Range(query, "size", 100),
            Score = Range(query, "score", 1),
            Report = report,
            Order = order,
        };
    }

    private static int ReportOf(IQueryCollection query, BrowsedState state)
    {
        if (Given(query, "report") is not { } name)
            return 0;
        int place = state.Reports.Select(report => report.Name).ToList().IndexOf(name);
        return place >= 0 ? place : throw Fault("report", $"there is no report '{name}'");
    }

    private static int? Choice(IQueryCollection query, string name, string[] values)
    {
        if (Given(query, name) is not { } value)
            return null;
        int place = Array.IndexOf(values, value);
        return place >= 0 ? place : throw Fault(name, $"{name} '{value}' is not known: {string.Join(", ", values)}");
    }

    /// <summary>"0.3-3", of a whole.</summary>
    private static ValueRange? Range(IQueryCollection query, string name, double whole)
    {
        if (Given(query, name) is not { } value)
            return null;
        double Number(string text) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
        return
            value.Split('-') is [var from, var to] && Number(from) is var least && Number(to) is var most && least <= most && most <= whole
            ? new(least / whole, most / whole)
            : throw Fault(name, $"{name} '{value}' is no range; write LEAST-MOST, two numbers from 0 to {whole}");
    }

    private static string? Given(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } value ? value : null;

    private static RequestException Fault(string parameter, string detail) => new(StatusCodes.Status400BadRequest, detail, parameter);

    [GeneratedRegex(
        """
            "[^"]*"?|\S+
            """
    )]
    private static partial Regex Term();
}

/// <summary>Values from the least up to, but not including, the most; with it where it is 1.</summary>
internal readonly record struct ValueRange(double Least, double Most)
{
    public bool Contains(double value) => value >= Least && (value < Most || (value == Most && Most == 1));
}
