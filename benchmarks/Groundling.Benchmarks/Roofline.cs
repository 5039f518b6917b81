using Groundling.Evaluation;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Groundling.Benchmarks;

/// <summary>A layer as it was measured.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Intensity">Operations of its definition for each byte of input, weight and output, each read or written once.</param>
/// <param name="Ours">Operations a second.</param>
/// <param name="Onnx">The same of ONNX Runtime.</param>
/// <param name="Plain">The same of libtorch's own operators.</param>
internal sealed record Measured(string Name, double Intensity, double Ours, double Onnx, double Plain);

/// <summary>
/// The roofline (Williams et al. 2009): what a layer could do at most, as far as memory and the machine's own matrix product let it, and
/// what it does. Winograd's convolutions make fewer products than are counted here, and so come to lie above the roof.
/// </summary>
internal static class Roofline
{
    private const int Width = 900,
        Height = 560;

    public static void Draw(string path, IReadOnlyList<Measured> layers, double flops, double bandwidth)
    {
        ChartFont.Register();
        using var plot = new Plot();
        plot.Font.Set(ChartFont.Name);
        var (least, most) = (
            Math.Min(flops / bandwidth, layers.Min(layer => layer.Intensity)) / 2,
            layers.Max(layer => layer.Intensity) * 2
        );
        double Roof(double intensity) => Math.Min(flops, bandwidth * intensity);
        double[] corners = [least, Math.Min(flops / bandwidth, most), most];
        var roof = plot.Add.Scatter(corners.Select(Math.Log10).ToArray(), corners.Select(x => Math.Log10(Roof(x) / 1e9)).ToArray());
        (roof.LegendText, roof.Color, roof.LineWidth, roof.MarkerSize) = (
            $"{flops / 1e9:F0} GFLOP/s of a product of matrices, {bandwidth / 1e9:F0} GB/s of copying",
            Color.FromHex("#333333"),
            2,
            0
        );
        Add("Groundling", "#4C78A8", layer => layer.Ours, MarkerShape.FilledCircle);
        Add("ONNX Runtime", "#F58518", layer => layer.Onnx, MarkerShape.FilledTriangleUp);
        Add("libtorch", "#888888", layer => layer.Plain, MarkerShape.OpenSquare);
        foreach (var layer in layers)
        {
            var text = plot.Add.Text(Short(layer.Name), Math.Log10(layer.Intensity), Math.Log10(Highest(layer) / 1e9));
            (text.LabelFontSize, text.LabelRotation, text.OffsetX, text.OffsetY) = (10, -60, 2, -8);
        }
        var (bottom, top) = (layers.Min(layer => Math.Min(layer.Ours, Math.Min(layer.Onnx, layer.Plain))), layers.Max(Highest));
        plot.Axes.SetLimits(Math.Log10(least), Math.Log10(most), Math.Log10(bottom / 1e9) - 0.15, Math.Log10(top / 1e9) + 0.75);
        plot.Axes.Bottom.TickGenerator = Powers();
        plot.Axes.Left.TickGenerator = Powers();
        plot.XLabel("operations for each byte that must be read or written");
        plot.YLabel("GFLOP/s");
        plot.Legend.FontName = ChartFont.Name;
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SavePng(path, Width, Height);

        void Add(string name, string color, Func<Measured, double> speed, MarkerShape shape)
        {
            var points = plot.Add.ScatterPoints(
                layers.Select(layer => Math.Log10(layer.Intensity)).ToArray(),
                layers.Select(layer => Math.Log10(speed(layer) / 1e9)).ToArray()
            );
            (points.LegendText, points.Color, points.MarkerShape, points.MarkerSize) = (name, Color.FromHex(color), shape, 9);
        }
    }

    private static double Highest(Measured layer) => Math.Max(layer.Ours, Math.Max(layer.Onnx, layer.Plain));

    /// <summary>"3x3 convolution, 320 channels, 64 x 64": what tells layers of a kind apart.</summary>
    private static string Short(string name) =>
        name.Replace(" convolution", "", StringComparison.Ordinal)
            .Replace(" channels", "", StringComparison.Ordinal)
            .Replace("linear map of ", "", StringComparison.Ordinal)
            .Replace("self-attention, 8 heads,", "attention", StringComparison.Ordinal);

    private static NumericManual Powers()
    {
        var ticks = new NumericManual();
        foreach (var value in new double[] { 10, 20, 50, 100, 200, 500, 1000, 2000 })
            ticks.AddMajor(Math.Log10(value), $"{value:F0}");
        return ticks;
    }
}
