using ScottPlot;

namespace Groundling.Evaluation;

/// <summary>The charts of a report as PNG files.</summary>
internal sealed class ReportCharts(IReadOnlyList<NarrativeResult> results, GroupRule rule)
{
    private const int Bins = 20;
    private const double Sharpness = 2;

    private readonly (PhraseResult Phrase, double Share)[] _phrases =
    [
        .. results.SelectMany(r => r.Phrases.Select(p => (p, SizeClass.ShareOf(p, r)))),
    ];

    /// <summary>Recall over the IoU threshold, a line a group.</summary>
    public byte[] Recall(ReportTheme theme, int width, int height)
    {
        var plot = Empty(theme);
        foreach (var group in Enum.GetValues<PhraseGroup>().Reverse()) // the whole on top
        {
            var curve = AverageRecall.Curve(_phrases.Where(p => rule.Contains(group, p.Phrase)).Select(p => p.Phrase.IoU), 200);
            if (curve.Count == 0)
                continue;
            var line = plot.Add.Scatter(curve.Select(p => p.Threshold).ToArray(), curve.Select(p => p.Recall).ToArray());
            (line.MarkerSize, line.LineWidth, line.Color) = (0, group == PhraseGroup.Overall ? 3.2f : 1.8f, theme.Groups[(int)group]);
        }
        plot.Axes.SetLimits(0, 1, 0, 1.02);
        MarkFifths(plot.Axes.Bottom);
        MarkFifths(plot.Axes.Left);
        return Drawn(plot, theme, "IoU threshold", "recall", width, height);
    }

    /// <summary>How many phrases reach which IoU.</summary>
    public byte[] IoUs(ReportTheme theme, int width, int height)
    {
        var plot = Empty(theme);
        var counts = new double[Bins];
        foreach (var (phrase, _) in _phrases)
            counts[Math.Min((int)(phrase.IoU * Bins), Bins - 1)]++;
        for (int i = 0; i < Bins; i++)
            AddBar(plot, (i + 0.5) / Bins, counts[i], 0.86 / Bins, theme.Groups[i * 2 >= Bins ? 2 : 3]);
        plot.Axes.SetLimits(0, 1, 0, Math.Max(1, counts.Max()) * 1.06);
        MarkFifths(plot.Axes.Bottom);
        return Drawn(plot, theme, "IoU of a phrase", "phrases", width, height);
    }

    /// <summary>The mean IoU by how much of the picture the ground truth takes.</summary>
    public byte[] BySize(ReportTheme theme, int width, int height)
    {
        var plot = Empty(theme);
        for (int i = 0; i < SizeClass.All.Count; i++)
        {
            double[] ious = [.. _phrases.Where(p => SizeClass.PlaceOf(p.Share) == i).Select(p => p.Phrase.IoU)];
            if (ious.Length == 0)
                continue;
            AddBar(plot, i, ious.Average(), 0.72, theme.Groups[1]);
            var text = plot.Add.Text($"{ious.Length}", i, ious.Average());
            (text.LabelFontName, text.LabelFontSize, text.LabelFontColor, text.LabelAlignment, text.OffsetY) = (
                ChartFont.Name,
                11,
                theme.Muted,
                Alignment.LowerCenter,
                -4
            );
        }
        plot.Axes.Bottom.SetTicks(
            [.. Enumerable.Range(0, SizeClass.All.Count).Select(i => (double)i)],
            [.. SizeClass.All.Select(s => s.UpTo)]
        );
        plot.Axes.SetLimits(-0.6, SizeClass.All.Count - 0.4, 0, 1.08);
        MarkFifths(plot.Axes.Left);
        return Drawn(plot, theme, "share of the picture, up to %", "mean IoU", width, height);
    }

    private static Plot Empty(ReportTheme theme)
    {
        ChartFont.Register();
        var plot = new Plot();
        (plot.FigureBackground.Color, plot.DataBackground.Color) = (theme.Paper, theme.Paper);
        return plot;
    }

    private static void MarkFifths(IAxis axis) => axis.SetTicks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "0.2", "0.4", "0.6", "0.8", "1"]);

    private static void AddBar(Plot plot, double position, double value, double width, Color colour)
    {
        var bar = plot.Add.Bar(position, value).Bars[0];
        (bar.Size, bar.FillColor, bar.LineWidth) = (width, colour, 0);
    }

    private static byte[] Drawn(Plot plot, ReportTheme theme, string across, string up, int width, int height)
    {
        plot.Axes.Color(theme.Muted);
        plot.Grid.MajorLineColor = theme.Rule;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.XLabel(across, 13);
        plot.YLabel(up, 13);
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            (axis.Label.FontName, axis.Label.Bold, axis.Label.ForeColor) = (ChartFont.Name, false, theme.Muted);
            (axis.TickLabelStyle.FontName, axis.TickLabelStyle.FontSize, axis.TickLabelStyle.ForeColor) = (ChartFont.Name, 12, theme.Muted);
            axis.FrameLineStyle.Color = theme.Rule;
            axis.MajorTickStyle.Length = axis.MinorTickStyle.Length = 0;
        }
        plot.Axes.Right.FrameLineStyle.IsVisible = plot.Axes.Top.FrameLineStyle.IsVisible = plot.Axes.Left.FrameLineStyle.IsVisible = false;
        plot.ScaleFactor = Sharpness;
        return plot.GetImageBytes((int)(width * Sharpness), (int)(height * Sharpness), ImageFormat.Png);
    }
}
