using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Diffusion;

/// <summary>A residual block and the transformer behind it: what the method calls one UNet block.</summary>
internal static class PromptedBlock
{
    /// <summary>Runs both, or lets the exchange run them.</summary>
    public static Tensor Run(ResnetBlock resnet, SpatialTransformer transformer, Tensor image, Tensor time, IPromptExchange exchange)
    {
        if (exchange is IBlockRunner runner && is_grad_enabled())
            return runner.Run(transformer.Site, Block, image, time);
        return Block(image, time, exchange);

        Tensor Block(Tensor input, Tensor when, IPromptExchange prompts)
        {
            using var scope = NewDisposeScope();
            return transformer.call(resnet.call(input, when), prompts).MoveToOuterDisposeScope();
        }
    }
}
