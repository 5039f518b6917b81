using Groundling.Torch;
using Groundling.Web;

namespace Groundling.Cli.Mcp;

/// <summary>A model that only this process's one client uses: one question at a time, within what the program itself allows.</summary>
internal sealed class OwnModel(GroundingPipeline pipeline) : IToolModel, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public ServiceOptions Limits { get; } =
        new()
        {
            MaxMegabytes = 1024,
            MaxMegapixels = 100,
            MaxSize = 4096,
        };

    public (string Name, int Size, double Threshold) Facts => (pipeline.Origin.Model, pipeline.NativeSize, pipeline.Threshold);

    public async Task<Grounding> GroundAsync(GroundRequest request, Caption caption, CancellationToken stop)
    {
        var options = request.ReadOptions(Limits.MaxSize);
        var picture = request.ReadPicture(1_000_000L * Limits.MaxMegapixels, Limits.MaxSize, stop);
        await _turn.WaitAsync(stop);
        try
        {
            return await Task.Run(() => pipeline.Ground(picture, caption, options, stop), stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
