using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Groundling.Cli;

/// <summary>Plots of a benchmark's statistics.</summary>
internal static class DataPlots
{
    private const int Width = 800,
        Height = 480,
        Bins = 40;

    private static readonly Color Fill = Color.FromHex("#4C78A8");

    /// <returns>The files written.</returns>
    public static IReadOnlyList<string> Write(string folder, BenchmarkStatistics statistics)
    {
        ChartFont.Register();
        Directory.CreateDirectory(folder);
        return
        [
            Groups(Path.Combine(folder, "groups.png"), statistics),
            Categories(Path.Combine(folder, "categories.png"), statistics),
            Histogram(Path.Combine(folder, "caption-words.png"), statistics.CaptionWords, "Words a caption", "narratives", v => v),
            Histogram(Path.Combine(folder, "phrases.png"), statistics.PhrasesPerCaption, "Phrases a caption", "narratives", v => v),
            Histogram(
                Path.Combine(folder, "mask-sizes.png"),
                statistics.MaskShares,
                "Mask, share of the picture (power of ten)",
                "phrases",
                v => Math.Log10(Math.Max(v, 1e-6))
            ),
        ];
    }

    private static string Groups(string file, BenchmarkStatistics s) =>
        Bars(file, "Phrases by group", [("things", s.Things), ("stuff", s.Stuff), ("singulars", s.Singulars), ("plurals", s.Plurals)]);

    private static string Categories(string file, BenchmarkStatistics s)
    {
        var top = s.Categories.Take(20).Reverse().ToArray();
        using var plot = New("Phrases by category of the last segment");
        plot
            .Add.Bars(
                top.Select(
                        (c, i) =>
                            new Bar
                            {
                                Position = i,
                                Value = c.Value,
                                Size = 0.8,
                                FillColor = Fill,
                                LineWidth = 0,
                            }
                    )
                    .ToArray()
            )
            .Horizontal = true;
        plot.Axes.Left.TickGenerator = new NumericManual([.. top.Select((_, i) => (double)i)], [.. top.Select(c => c.Key)]);
        plot.XLabel("phrases");
        plot.Axes.Margins(left: 0);
        return Save(plot, file);
    }

    private static string Bars(string file, string title, (string Name, int Count)[] bars)
    {
        using var plot = New(title);
        plot.Add.Bars(
            bars.Select(
                    (bar, i) =>
                        new Bar
                        {
                            Position = i,
                            Value = bar.Count,
                            Size = 0.8,
                            FillColor = Fill,
                            LineWidth = 0,
                        }
                )
                .ToArray()
        );
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. bars.Select((_, i) => (double)i)], [.. bars.Select(bar => bar.Name)]);
        plot.Axes.Margins(bottom: 0);
        return Save(plot, file);
    }

    private static string Histogram(string file, Distribution values, string title, string what, Func<double, double> scale)
    {
        using var plot = New(title);
        if (values.Count > 0)
        {
            double low = scale(values.Least),
                high = scale(values.Most),
                width = high > low ? (high - low) / Bins : 1;
            var counts = new int[Bins];
            foreach (float value in values.Sorted())
                counts[Math.Clamp((int)((scale(value) - low) / width), 0, Bins - 1)]++;
            plot.Add.Bars(
                counts
                    .Select(
                        (count, i) =>
                            new Bar
                            {
                                Position = low + (i + 0.5) * width,
                                Value = count,
                                Size = width,
                                FillColor = Fill,
                                LineWidth = 0.5f,
                            }
                    )
                    .ToArray()
            );
        }
        plot.YLabel(what);
        plot.Axes.Margins(bottom: 0);
        return Save(plot, file);
    }

    private static Plot New(string title)
    {
        var plot = new Plot();
        plot.Font.Set(ChartFont.Name);
        plot.Title(title);
        return plot;
    }

    private static string Save(Plot plot, string file)
    {
        plot.SavePng(file, Width, Height);
        return file;
    }
}
