namespace Groundling.Hosting;

/// <summary>The shared model as applications are given it, with traces and meters. A call before the model is open waits for it.</summary>
internal sealed class SharedPipeline(SharedModel model, GroundingTelemetry telemetry) : IGroundingPipeline
{
    public GroundingOrigin Origin => Opened.Origin;

    public double Threshold => Opened.Threshold;

    public int NativeSize => Opened.NativeSize;

    // Opened on another thread, which needs nothing of this one.
    private GroundingPipeline Opened => model.OpenAsync().GetAwaiter().GetResult();

    public Grounding Ground(Picture picture, Caption caption, GroundingOptions? options = null, CancellationToken cancellation = default)
    {
        var pipeline = model.OpenAsync(cancellation).GetAwaiter().GetResult();
        return telemetry.Measure(pipeline.Origin, picture, caption, () => pipeline.Ground(picture, caption, options, cancellation));
    }
}
