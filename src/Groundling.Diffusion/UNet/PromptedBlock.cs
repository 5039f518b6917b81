using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>A residual block and the transformer behind it: what the method calls one UNet block.</summary>
internal static class PromptedBlock
{
    /// <summary>Runs both; keeps what is inside for the backward pass, or makes it again where the exchange wants that.</summary>
    public static Tensor Run(ResnetBlock resnet, SpatialTransformer transformer, Tensor image, Tensor time, IPromptExchange exchange)
    {
        if (exchange is not IRepeatableExchange { Repeats: true } repeatable || !is_grad_enabled())
        {
            using var scope = NewDisposeScope();
            return transformer.call(resnet.call(image, time), exchange).MoveToOuterDisposeScope();
        }
        var site = transformer.Site;
        // Nothing but its inputs may reach the block: by the time it runs again, everything else has been disposed.
        var results = Checkpoint.Run(inputs =>
        {
            using var scope = NewDisposeScope();
            using var once = repeatable.For(site, [.. inputs.Skip(2)]);
            var output = transformer.call(resnet.call(inputs[0], inputs[1]), once).permute(0, 2, 3, 1);    // as it lies in memory
            return [.. once.After(site).Select(tensor => tensor.alias()).Prepend(output).Select(tensor => tensor.MoveToOuterDisposeScope())];
        }, [image, time, .. repeatable.Before(site)]);
        repeatable.Accept(site, [.. results.Skip(1)]);
        return results[0].permute(0, 3, 1, 2);
    }
}
