using System.Diagnostics;
using Groundling.Torch;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Benchmarks;

/// <summary>
/// Single layers of Stable Diffusion's sizes beside ONNX Runtime's and libtorch's own, in turns: milliseconds, and how many times as fast
/// as ONNX Runtime.
/// </summary>
internal static class LayerComparison
{
    private const int Repeats = 15;

    /// <param name="Name">What it does.</param>
    /// <param name="Products">Multiplications and additions of the definition.</param>
    /// <param name="Numbers">That are read or written once: inputs, weight, output.</param>
    /// <param name="Ours">By this library's layer.</param>
    /// <param name="Plain">By libtorch's own operator.</param>
    /// <param name="Onnx">By ONNX Runtime.</param>
    /// <param name="Inputs">What ONNX Runtime is given.</param>
    private sealed record Subject(
        string Name,
        double Products,
        double Numbers,
        Func<Tensor> Ours,
        Func<Tensor> Plain,
        InferenceSession Onnx,
        Tensor[] Inputs
    );

    /// <param name="threads">Of each.</param>
    /// <param name="only">What the names of the layers hold that are measured; empty for all.</param>
    /// <param name="roofline">Where the figure goes; null for none.</param>
    public static void Run(int threads, string only, string? roofline)
    {
        MemoryAllocator.KeepFreedBlocks(); // as the program does
        set_num_threads(threads);
        using var frozen = no_grad();
        Console.WriteLine($"{threads} threads, medians of {Repeats} in turns, GFLOP/s in brackets");
        Console.WriteLine("difference: the largest from ONNX Runtime's values, over the largest of these");
        Console.WriteLine();
        Console.WriteLine("| layer | Groundling, ms | ONNX Runtime | libtorch | times as fast as ONNX Runtime | difference |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
        var measured = new List<Measured>();
        foreach (var make in Subjects(threads))
        {
            using var scope = NewDisposeScope();
            if (make() is var subject && subject.Name.Contains(only))
                measured.Add(Compare(subject));
        }
        if (roofline is not null)
            Roofline.Draw(roofline, measured, PeakFlops(), Bandwidth());
    }

    /// <summary>Of libtorch's own product of large square matrices, 1/s.</summary>
    private static double PeakFlops()
    {
        const long Side = 2048;
        using var scope = NewDisposeScope();
        var (a, b) = (rand(Side, Side), rand(Side, Side));
        return 2.0 * Side * Side * Side / (Best(() => a.matmul(b)) / 1e3);
    }

    /// <summary>Of copying a long vector, bytes/s.</summary>
    private static double Bandwidth()
    {
        const long Count = 1 << 26;
        using var scope = NewDisposeScope();
        var (from, to) = (rand(Count), zeros(Count));
        return 2.0 * sizeof(float) * Count / (Best(() => to.copy_(from).alias()) / 1e3);
    }

    private static double Best(Func<IDisposable> work) => Enumerable.Range(0, Repeats).Min(_ => Milliseconds(work));

    private static IEnumerable<Func<Subject>> Subjects(int threads) =>
        [
            () => Convolution(128, 512, threads),
            () => Convolution(320, 64, threads),
            () => Convolution(640, 32, threads),
            () => Convolution(1280, 16, threads),
            () => Convolution(1280, 8, threads),
            () => Linear(4096, 320, 2560, threads),
            () => Linear(1024, 640, 5120, threads),
            () => Linear(256, 1280, 10240, threads),
            () => Attention(4096, 40, threads),
            () => Attention(1024, 80, threads),
            () => Attention(256, 160, threads),
        ];

    private static Subject Convolution(long channels, long side, int threads)
    {
        var layer = new ConvolutionLayer(channels, channels, 3);
        layer.Initialize(new Generator(1));
        layer.Freeze();
        var input = randn([1, channels, side, side], generator: new Generator(2));
        var packed = input.ToChannelsLast();
        var weight = layer.Weight.ToChannelsLast();
        var graph = new OnnxGraph()
            .Input("input", input.shape)
            .Constant("weight", [.. layer.Weight.data<float>()], layer.Weight.shape)
            .Constant("bias", [.. layer.Bias!.data<float>()], layer.Bias!.shape)
            .Attribute("pads", 1, 1, 1, 1)
            .Build("Conv", "", input.shape);
        return new(
            $"3x3 convolution, {channels} channels, {side} x {side}",
            9.0 * channels * channels * side * side,
            2.0 * channels * side * side + 9.0 * channels * channels,
            () => layer.call(packed),
            () => nn.functional.conv2d(packed, weight, layer.Bias, padding: [1, 1]),
            Session(graph, threads),
            [input]
        );
    }

    private static Subject Linear(long rows, long inputs, long outputs, int threads)
    {
        var layer = new LinearLayer(inputs, outputs, bias: false);
        layer.Initialize(new Generator(1));
        layer.Freeze();
        var input = randn([1, rows, inputs], generator: new Generator(2));
        var turned = layer.Weight.t().contiguous();
        var graph = new OnnxGraph()
            .Input("input", input.shape)
            .Constant("weight", [.. turned.data<float>()], turned.shape)
            .Build("MatMul", "", 1, rows, outputs);
        return new(
            $"linear map of {rows} rows, {inputs} to {outputs}",
            (double)rows * inputs * outputs,
            (double)rows * (inputs + outputs) + inputs * outputs,
            () => layer.call(input),
            () => nn.functional.linear(input, layer.Weight),
            Session(graph, threads),
            [input]
        );
    }

    /// <summary>ONNX Runtime's own fused operator, which is faster than a graph of two products and a softmax.</summary>
    private static Subject Attention(long count, long channels, int threads)
    {
        const long Heads = 8;
        Tensor[] states =
        [
            .. Enumerable.Range(1, 3).Select(seed => randn([1, count, Heads * channels], generator: new Generator((ulong)seed))),
        ];
        Tensor Heads_(Tensor rows) => rows.view(1, count, Heads, channels).transpose(1, 2);
        var graph = new OnnxGraph()
            .Input("query", states[0].shape)
            .Input("key", states[1].shape)
            .Input("value", states[2].shape)
            .Attribute("num_heads", Heads)
            .Build("MultiHeadAttention", "com.microsoft", states[0].shape);
        Tensor Rows(Tensor attended) => attended.transpose(1, 2).reshape(1, count, Heads * channels);
        return new(
            $"self-attention, {Heads} heads, {count} x {channels}",
            2.0 * Heads * count * count * channels,
            4.0 * Heads * count * channels,
            () => Rows(DotProductAttention.Of(Heads_(states[0]), Heads_(states[1]), Heads_(states[2]))),
            () => Rows(nn.functional.scaled_dot_product_attention(Heads_(states[0]), Heads_(states[1]), Heads_(states[2]))),
            Session(graph, threads),
            states
        );
    }

    private static InferenceSession Session(byte[] graph, int threads)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"); // or its threads keep the others' cores
        return new(graph, options);
    }

    private static Measured Compare(Subject subject)
    {
        using var onnx = subject.Onnx;
        var inputs = subject
            .Inputs.Select(input =>
                OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input.data<float>().ToArray().AsMemory(), input.shape)
            )
            .ToList();
        using var run = new RunOptions();
        IDisposableReadOnlyCollection<OrtValue> Foreign() => onnx.Run(run, onnx.InputNames, inputs, onnx.OutputNames);
        List<double> ours = [],
            foreign = [],
            plain = [];
        for (var turn = 0; turn <= Repeats; turn++)
        {
            var (first, second, third) = (Milliseconds(subject.Ours), Milliseconds(Foreign), Milliseconds(subject.Plain));
            if (turn == 0)
                continue; // rearranges, optimises
            ours.Add(first);
            foreign.Add(second);
            plain.Add(third);
        }
        double difference;
        using (var found = Foreign())
        using (NewDisposeScope())
        {
            var right = tensor(found[0].GetTensorDataAsSpan<float>().ToArray());
            difference = ((subject.Ours().contiguous().flatten() - right).abs().max() / right.abs().max()).item<float>();
        }
        string Cell(List<double> times) => $"{Median(times):F2} ({2 * subject.Products / Median(times) / 1e6:F0})";
        Console.WriteLine(
            $"| {subject.Name} | {Cell(ours)} | {Cell(foreign)} | {Cell(plain)} | {Median(foreign) / Median(ours):F2} | {difference:E1} |"
        );
        inputs.ForEach(value => value.Dispose());
        var flops = 2 * subject.Products;
        return new(
            subject.Name,
            flops / (sizeof(float) * subject.Numbers),
            flops / (Median(ours) / 1e3),
            flops / (Median(foreign) / 1e3),
            flops / (Median(plain) / 1e3)
        );
    }

    private static double Milliseconds(Func<IDisposable> work)
    {
        var clock = Stopwatch.StartNew();
        using (work())
            return clock.Elapsed.TotalMilliseconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
