using System.Runtime.InteropServices;
using Groundling.Data;
using Groundling.Decoding;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling;

/// <summary>Chooses who answers, and makes masks of a pass.</summary>
/// <param name="model">The model that made the pass.</param>
/// <param name="refinement">Static prompting read well.</param>
/// <param name="colourWalks">How many steps along colours the decoder's masks take.</param>
/// <param name="name">What messages call it.</param>
internal sealed class MaskReader(GroundingModel model, StaticRefinement refinement, int colourWalks, string name)
{
    private const long ProbabilitiesAtOnce = 1 << 25, // 128 MB of float32
        MostToWalk = 1 << 20; // pixels, of which each has 32 weights: 128 MB, too

    /// <summary>What a head's masks need besides the pass; both are null for the heads of training alone.</summary>
    /// <param name="Maps">The refined head's masks.</param>
    /// <param name="Walk">The steps along colours of the decoder's.</param>
    private sealed record Aids(Tensor? Maps, ColourWalk? Walk) : IDisposable
    {
        public void Dispose()
        {
            Maps?.Dispose();
            Walk?.Dispose();
        }
    }

    /// <summary>The head that answers.</summary>
    /// <param name="wanted">As in <see cref="GroundingOptions.Head"/>.</param>
    /// <exception cref="InputException">The model has no such head.</exception>
    public MaskHead HeadOf(MaskHead? wanted)
    {
        var config = model.Config;
        var missing = wanted switch
        {
            MaskHead.Decoder when !config.HasDecoder => "mask decoder",
            MaskHead.Adapter when !config.HasAdapter => "phrase adapter",
            _ => null,
        };
        if (missing is not null)
            throw new InputException(
                $"{name} has no trained {missing}, so there is no {MethodNames.Of(wanted!.Value)} head; the diffusion head needs none"
            );
        return wanted ?? config.AnsweringHead;
    }

    /// <summary>All phrases' probabilities; 0 throughout for those that the model does not find in the picture.</summary>
    /// <returns>[N, H_0, W_0] at the network's size, padding included; in the caller's scope.</returns>
    public Tensor Probabilities(GroundingTrace trace, MaskHead head, CancellationToken cancellation = default)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var aids = AidsOf(trace, head, cancellation);
        var all = Probabilities(trace, head, aids, 0, trace.Caption.Phrases.shape[0], cancellation);
        return model.OfPresent(all, trace.Prompt, trace.Decoder, head).MoveToOuterDisposeScope();
    }

    /// <summary>How surely each phrase is in the picture; null where the head cannot tell.</summary>
    private IReadOnlyList<double>? Presence(GroundingTrace trace, MaskHead head)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var presence = model.Presence(trace.Prompt, trace.Decoder, head);
        return presence is null ? null : [.. presence.cpu().data<float>().Select(value => (double)value)];
    }

    private Aids AidsOf(GroundingTrace trace, MaskHead head, CancellationToken cancellation) =>
        head switch
        {
            MaskHead.Refined => new(
                refinement.Maps(trace.Image, trace.Latents, trace.Caption.Phrases, trace.Caption.NullPhrase, trace.Letterbox, cancellation),
                null
            ),
            MaskHead.Decoder when colourWalks > 0 => new(null, Walk(trace.Image, trace.Letterbox)),
            _ => new(null, null),
        };

    /// <summary>At the network's size, where memory allows it.</summary>
    private ColourWalk Walk(Tensor image, Letterbox letterbox)
    {
        using var scope = NewDisposeScope();
        var (height, width) = ((long)letterbox.Height, (long)letterbox.Width);
        while (height * width > MostToWalk)
            (height, width) = (height / 2, width / 2);
        return new(image, ColourWalk.Inside(letterbox, height, width, image.device), model.Config.Contrast);
    }

    private Tensor Probabilities(GroundingTrace trace, MaskHead head, Aids aids, long first, long count, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var maps =
            aids.Maps?.narrow(1, first, count)
            ?? model.Probabilities(trace.Prompt, trace.Decoder, trace.Letterbox, head, first, count).to(float32); // [1, n, h, w]
        if (aids.Walk is { } walk)
            maps = walk.Walked(Sized(maps, walk.Height, walk.Width), colourWalks, cancellation);
        return Sized(maps, trace.Letterbox.Height, trace.Letterbox.Width).squeeze(0).alias().MoveToOuterDisposeScope();
    }

    private static Tensor Sized(Tensor maps, long height, long width) =>
        maps.shape[2] == height && maps.shape[3] == width
            ? maps
            : functional.interpolate(maps, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: false);

    /// <summary>Masks at the picture's own size, a few phrases at a time so that memory does not grow with their number.</summary>
    public List<GroundedPhrase> Masks(
        GroundingTrace trace,
        Picture picture,
        Caption caption,
        MaskHead head,
        double threshold,
        CancellationToken cancellation
    )
    {
        using var frozen = no_grad();
        var letterbox = trace.Letterbox;
        var atOnce = (int)Math.Clamp(ProbabilitiesAtOnce / ((long)letterbox.Width * letterbox.Height), 1, 64);
        var grounded = new List<GroundedPhrase>();
        using var aids = AidsOf(trace, head, cancellation);
        var presence = Presence(trace, head);
        for (var first = 0; first < caption.Phrases.Count; first += atOnce)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(atOnce, caption.Phrases.Count - first);
            var all = Probabilities(trace, head, aids, first, count, cancellation);
            var content = all[.., ..letterbox.ContentHeight, ..letterbox.ContentWidth];
            var near = content.cpu().contiguous(); // all of them at once: each copy from a card waits for it
            for (var i = 0; i < count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var there = presence?[first + i];
                var (mask, score) =
                    there < model.Config.Presence
                        ? (RunLengthMask.Empty(picture.Width, picture.Height), 0)
                        : Mask(near, i, picture, threshold);
                grounded.Add(new(caption.Phrases[first + i], score, mask) { Presence = there });
            }
        }
        return grounded;
    }

    private static (RunLengthMask Mask, double Score) Mask(Tensor contents, int which, Picture picture, double threshold)
    {
        using var content = contents[which];
        var mask = RunLengthMask.FromProbabilities(
            MemoryMarshal.Cast<byte, float>(content.bytes),
            (int)content.shape[1],
            (int)content.shape[0],
            picture.Width,
            picture.Height,
            threshold,
            out var score
        );
        return (mask, score);
    }
}
