using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>
/// Whether the attention to phrases tells which of them are in a picture; no mask is known. Of a phrase's pixels the few that attend most
/// to it must do so where it names what is there, and must not where it does not: learning from bags (multiple-instance learning,
/// Dietterich et al. 1997). And whatever a pixel shows, it is named by one of the phrases that are there, and by none of the others.
/// </summary>
internal static class WordContrast
{
    /// <summary>The latest time at which attention is asked: it is read with little noise.</summary>
    public const int LatestTime = 200;

    private const long FewestPixels = 16, // of a block that is asked, where any has so many
        Share = 8; // one pixel in so many is looked at
    private const double Least = 1e-6; // a probability's distance from 0 and 1

    /// <summary>The means over the blocks with enough pixels.</summary>
    /// <param name="unet">The UNet.</param>
    /// <param name="noisy">[B, 4, h, w]</param>
    /// <param name="times">[B]</param>
    /// <param name="states">[2 B, K, C_t] the null phrase, then the phrases, of each caption: the pictures' own, then recoloured.</param>
    /// <param name="names">[W, C_t] names of categories.</param>
    /// <param name="bags">Which phrases to ask about.</param>
    /// <returns>
    /// Two scalars, the caller's: the cross-entropy of bags, phrases that are there and others weighing the same; and the mean over pixels
    /// of minus the logarithm of the share that phrases that are there have of the attention to phrases.
    /// </returns>
    public static (Tensor Bags, Tensor Pixels) Loss(UNet unet, Tensor noisy, Tensor times, Tensor states, Tensor names, PhraseBags bags)
    {
        using var scope = NewDisposeScope();
        var (count, captions, length, device) = (noisy.shape[0], states.shape[0], states.shape[1], states.device);
        long[] shape = [count, bags.Length];
        var places = tensor(
            [
                .. bags.Phrases.Select(place =>
                    place.Caption < captions ? place.Caption * length + 1 + place.Phrase : captions * length + place.Phrase
                ),
            ],
            device: device
        );
        var phrases = cat([states.flatten(0, 1), names]).index_select(0, places).view(count, bags.Length, -1);
        using var prompt = new StaticPrompt(
            new(noisy, phrases, states.narrow(0, 0, count).select(1, 0), Are(kind => kind != PhraseBags.Kind.Padding))
        );
        using var output = unet.call(noisy, times, prompt);
        var (there, absent) = (Mean(PhraseBags.Kind.There), Mean(PhraseBags.Kind.Absent));
        var (shown, others) = (Are(kind => kind == PhraseBags.Kind.There), Are(kind => kind == PhraseBags.Kind.Absent));
        var asked = Math.Min(FewestPixels, prompt.Maps.Max(Pixels));
        var maps = prompt.Maps.Where(map => Pixels(map) >= asked).Select(map => map.to(float32).flatten(2)).ToList(); // [B, N, h w]
        var bagLosses = maps.Select(pixels =>
        {
            var few = (int)Math.Max(pixels.shape[2] / Share, 1);
            var seen = pixels.topk(few, dim: 2).values.mean([2]).Within(Least, 1 - Least); // [B, N]
            return -(seen.log() * there).Plus(seen.OneMinus().log() * absent).sum();
        });
        var pixelLosses = maps.Select(pixels =>
        {
            var (right, wrong) = (Sum(pixels, shown), Sum(pixels, others)); // [B, h w]
            return (right.Plus(wrong).log() - right.log()).mean();
        });
        return (stack([.. bagLosses]).mean().MoveToOuterDisposeScope(), stack([.. pixelLosses]).mean().MoveToOuterDisposeScope());

        Tensor Sum(Tensor pixels, Tensor phrases) => (pixels * phrases.to(float32).unsqueeze(2)).sum(1).Plus(Least);

        static long Pixels(Tensor map) => map.shape[2] * map.shape[3];

        Tensor Are(Func<PhraseBags.Kind, bool> so) => tensor([.. bags.Kinds.Select(so)], shape, device: device);

        Tensor Mean(PhraseBags.Kind kind) // weights that make a sum half a mean over the phrases of a kind
        {
            var number = Math.Max(bags.Kinds.Count(other => other == kind), 1);
            return tensor([.. bags.Kinds.Select(other => other == kind ? 0.5f / number : 0)], shape, device: device);
        }
    }
}
