using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>
/// Whether the attention to a phrase tells if it is in the picture: learning from bags of pixels (multiple-instance learning), as no mask
/// is known. The few pixels that attend most to a phrase must do so where it names what is there, and must not where it does not.
/// </summary>
internal static class WordContrast
{
    /// <summary>The latest time at which attention is asked: it is read with little noise.</summary>
    public const int LatestTime = 200;

    private const long FewestPixels = 64, // of a block that is asked, where any has so many
        Share = 32; // one pixel in so many is looked at
    private const double Least = 1e-6; // a probability's distance from 0 and 1

    /// <summary>For each block with enough pixels the cross-entropy of phrases that are there, and of those that are not.</summary>
    /// <param name="unet">The UNet.</param>
    /// <param name="noisy">[B, 4, h, w]</param>
    /// <param name="times">[B]</param>
    /// <param name="states">[B, K, C_t] the null phrase, then the phrases, of each picture's caption.</param>
    /// <param name="bags">Which phrases to ask about.</param>
    /// <returns>A scalar; the caller owns it.</returns>
    public static Tensor Loss(UNet unet, Tensor noisy, Tensor times, Tensor states, PhraseBags bags)
    {
        using var scope = NewDisposeScope();
        var (count, length, device) = (states.shape[0], states.shape[1], states.device);
        long[] shape = [count, bags.Length];
        var places = tensor([.. bags.Phrases.Select(place => place.Picture * length + 1 + place.Phrase)], device: device);
        var phrases = states.flatten(0, 1).index_select(0, places).view(count, bags.Length, -1);
        using var prompt = new StaticPrompt(new(noisy, phrases, states.select(1, 0), Are(kind => kind != PhraseBags.Kind.Padding)));
        using var output = unet.call(noisy, times, prompt);
        var (there, absent) = (Mean(PhraseBags.Kind.There), Mean(PhraseBags.Kind.Absent));
        var asked = Math.Min(FewestPixels, prompt.Maps.Max(Pixels));
        var losses = prompt
            .Maps.Where(map => Pixels(map) >= asked)
            .Select(map =>
            {
                var pixels = map.to(float32).flatten(2);
                var few = (int)Math.Max(pixels.shape[2] / Share, 1);
                var seen = pixels.topk(few, dim: 2).values.mean([2]).Within(Least, 1 - Least); // [B, N]
                return -(seen.log() * there).Plus(seen.OneMinus().log() * absent).sum();
            })
            .ToList();
        return stack(losses).mean().MoveToOuterDisposeScope();

        static long Pixels(Tensor map) => map.shape[2] * map.shape[3];

        Tensor Are(Func<PhraseBags.Kind, bool> so) => tensor([.. bags.Kinds.Select(so)], shape, device: device);

        Tensor Mean(PhraseBags.Kind kind) // weights that make a sum half a mean over the phrases of a kind
        {
            var number = Math.Max(bags.Kinds.Count(other => other == kind), 1);
            return tensor([.. bags.Kinds.Select(other => other == kind ? 0.5f / number : 0)], shape, device: device);
        }
    }
}
