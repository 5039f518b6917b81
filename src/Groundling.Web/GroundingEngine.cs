using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Hosting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Web;

/// <summary>The model as the service uses it; for one thread alone.</summary>
internal sealed class GroundingEngine : IDisposable
{
    /// <summary>The methods' names in requests and answers.</summary>
    public const string Full = "full",
        Static = "static";

    private const int LatentStride = 8,
        ProbabilityStride = 4;
    private const int Recent = 32;
    private const long RecentBytes = 64 << 20;
    private readonly GroundingPipeline _pipeline;
    private readonly GroundingTelemetry _telemetry;
    private readonly List<(string Name, GroundingPipeline Pipeline)> _methods;
    private readonly RecentPictures _recent = new(Recent, RecentBytes);

    /// <summary>Runs the model once, so that the first request does not wait for what happens only once.</summary>
    /// <param name="pipeline">The model; it stays the caller's.</param>
    /// <param name="telemetry">Told of what is grounded for requests.</param>
    public GroundingEngine(GroundingPipeline pipeline, GroundingTelemetry telemetry)
    {
        (_pipeline, _telemetry) = (pipeline, telemetry);
        _methods = _pipeline.Origin.Trained is null
            ? [(Static, _pipeline)]
            : [(Full, _pipeline), (Static, _pipeline.WithoutTrainedParts())];
        var grey = new Picture(NativeSize, NativeSize, new byte[3 * NativeSize * NativeSize]);
        foreach (var (method, _) in _methods)
            GroundUntold(new(grey, Caption.ParseBrackets("[a picture]"), new(), method, "first"), probabilities: true, default);
        Facts = new(_pipeline.Origin.Model, [.. _methods.Select(method => method.Name)], NativeSize, _pipeline.Threshold);
    }

    /// <summary>What the model offers.</summary>
    public ModelFacts Facts { get; }

    private int NativeSize => _pipeline.NativeSize;

    /// <summary>Grounds a caption in a picture.</summary>
    public GroundAnswer Ground(Question question, bool probabilities, CancellationToken cancellation) =>
        _telemetry.Measure(
            _pipeline.Origin,
            question.Picture,
            question.Caption,
            () => GroundUntold(question, probabilities, cancellation),
            question.Asker
        );

    private GroundAnswer GroundUntold(Question question, bool probabilities, CancellationToken cancellation)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var pipeline = _methods.Find(method => method.Name == question.Method).Pipeline;
        using var trace = pipeline.Trace(Encoded(question, cancellation), question.Caption, keepHeads: false, cancellation);
        var grounding = pipeline.Ground(trace, question.Picture, question.Caption, question.Options, cancellation);
        return GroundAnswer.Of(
            grounding,
            question.Method,
            question.Options.Threshold ?? pipeline.Threshold,
            probabilities ? Probabilities(pipeline, trace) : null
        );
    }

    /// <summary>One phrase's attention in every block, by every method.</summary>
    public TraceAnswer Trace(Question question, int phrase, CancellationToken cancellation)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var encoded = Encoded(question, cancellation);
        return new(
            question.Caption.Phrases[phrase].Text,
            [
                .. _methods.Select(method =>
                {
                    using var trace = method.Pipeline.Trace(encoded, question.Caption, keepHeads: false, cancellation);
                    return new MethodTrace(
                        method.Name,
                        [
                            .. _pipeline.Diffusion.UNet.Sites.Select(site =>
                            {
                                var stride = LatentStride * site.Stride;
                                return new BlockTrace(
                                    site.Path,
                                    stride,
                                    ByteMap.Of(Content(trace.Prompt.Maps[site.Index][0, phrase], trace.Letterbox, stride))
                                ); // [h_l, w_l]
                            }),
                        ]
                    );
                }),
            ]
        );
    }

    public void Dispose()
    {
        _recent.Dispose();
        foreach (var (_, pipeline) in _methods)
            if (pipeline != _pipeline)
                pipeline.Dispose();
    }

    private EncodedPicture Encoded(Question question, CancellationToken cancellation) =>
        _recent.Get((question.PictureKey, question.Options.Size), () => _pipeline.Encode(question.Picture, question.Options, cancellation));

    private static IReadOnlyList<ByteMap> Probabilities(GroundingPipeline pipeline, GroundingTrace trace)
    {
        var coarse = functional.avg_pool2d(pipeline.Probabilities(trace).unsqueeze(0), ProbabilityStride).squeeze(0); // [N, H/4, W/4]
        return
        [
            .. Enumerable
                .Range(0, (int)coarse.shape[0])
                .Select(phrase => ByteMap.Of(Content(coarse[phrase], trace.Letterbox, ProbabilityStride))),
        ];
    }

    private static Tensor Content(Tensor map, Letterbox letterbox, int stride) =>
        map[..((letterbox.ContentHeight + stride - 1) / stride), ..((letterbox.ContentWidth + stride - 1) / stride)];
}
