using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Diffusion;

/// <summary>
/// Counts floating-point operations of convolutions, linear maps and the pixels' attention to each other, a multiplication with its
/// addition as two. Norms, activations and the attention to a prompt are left out: together well below one in a hundred.
/// </summary>
public static class ArithmeticCount
{
    /// <summary>Runs <paramref name="pass"/> once and counts what <paramref name="modules"/>, none a part of another, do in it.</summary>
    public static double Of(IEnumerable<Module> modules, Action pass)
    {
        double count = 0;
        var removals = new List<Action>();
        foreach (var layer in modules.SelectMany(module => module.modules().Prepend(module)))
        {
            switch (layer)
            {
                case LinearLayer or ConvolutionLayer:
                    var weight = layer.parameters().First();
                    var products = weight.numel() / weight.shape[0]; // for each number in the output
                    removals.Add(
                        ((Module<Tensor, Tensor>)layer)
                            .register_forward_hook(
                                (_, _, output) =>
                                {
                                    count += 2.0 * products * output.numel();
                                    return output;
                                }
                            )
                            .remove
                    );
                    break;
                case VaeAttention attention:
                    removals.Add(
                        attention
                            .register_forward_hook(
                                (_, _, output) =>
                                {
                                    count += SelfAttention(output);
                                    return output;
                                }
                            )
                            .remove
                    );
                    break;
                case SpatialTransformer transformer:
                    removals.Add(
                        transformer
                            .register_forward_hook(
                                (_, _, _, output) =>
                                {
                                    count += SelfAttention(output);
                                    return output;
                                }
                            )
                            .remove
                    );
                    break;
            }
        }
        try
        {
            pass();
        }
        finally
        {
            removals.ForEach(remove => remove());
        }
        return count;
    }

    private static double SelfAttention(Tensor image) => 4.0 * image.numel() * image.shape[2] * image.shape[3];
}
