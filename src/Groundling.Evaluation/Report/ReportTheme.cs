using ScottPlot;

namespace Groundling.Evaluation;

/// <summary>Colours of charts on a light or a dark page; report.css has the same.</summary>
internal sealed record ReportTheme(Color Paper, Color Ink, Color Muted, Color Rule, Color[] Groups)
{
    public static ReportTheme Light { get; } =
        new(
            new("#ffffff"),
            new("#1b1f24"),
            new("#6b7480"),
            new("#e7e9ec"),
            [new("#1b1f24"), new("#2563c9"), new("#14875a"), new("#c2590c"), new("#a5308f")]
        );

    public static ReportTheme Dark { get; } =
        new(
            new("#161b21"),
            new("#eceff3"),
            new("#98a2ae"),
            new("#2a313a"),
            [new("#eceff3"), new("#6ea8ff"), new("#4ccb94"), new("#f59b52"), new("#e47fd2")]
        );
}
