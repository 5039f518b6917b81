using System.Diagnostics;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>A model that is measured: the works of a pass over one picture of noise and one caption.</summary>
internal sealed class BenchSubject : IDisposable
{
    private const string Usual =
        "[a man] with [a black hat] on [a grey horse] beside [two brown dogs], [a truck] and [some trees] on [the grass] under [the sky]; [a red car] behind [the fence].";

    private readonly ComputeDevice _place;
    private readonly Tensor _image;
    private readonly GroundingInput _input;

    /// <summary>One of the works.</summary>
    /// <param name="Name">As tables name it.</param>
    /// <param name="Gflop">Operations.</param>
    /// <param name="Do">Does it once.</param>
    public sealed record Work(string Name, double Gflop, Action Do);

    /// <param name="open">Opens the model, which becomes this one's.</param>
    /// <param name="place">Where it computes.</param>
    /// <param name="side">The picture's sides; null for the model's own.</param>
    /// <param name="phrases">How many; null for those of a caption that people might write.</param>
    /// <param name="stop">Ends a work early.</param>
    public BenchSubject(Func<GroundingPipeline> open, ComputeDevice place, int? side, int? phrases, CancellationToken stop)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var watch = Stopwatch.StartNew();
        var pipeline = open();
        (Pipeline, _place, Side) = (pipeline, place, side ?? pipeline.NativeSize);
        var picture = new Picture(Side, Side, Noise(Side * Side * 3));
        var caption = Caption.ParseBrackets(
            phrases is { } count ? string.Join(", ", Enumerable.Range(1, count).Select(number => $"[thing {number}]")) : Usual
        );
        var options = new GroundingOptions { Size = Side };
        void Whole() => pipeline.Ground(picture, caption, options, stop);
        Whole(); // the first is not like the others
        OpenSeconds = watch.Elapsed.TotalSeconds;
        var diffusion = pipeline.Diffusion;
        var letterbox = Letterbox.Fit(Side, Side, Side);
        _image = tensor(letterbox.ToNetwork(picture), [1, 3, letterbox.Height, letterbox.Width], device: CPU)
            .Sent(place.Device)
            .DetachFromDisposeScope();
        var encoder = new PhraseEncoder(diffusion.Tokenizer, diffusion.Text);
        var states = encoder.Encode(caption, stop);
        _input = new(
            diffusion.Vae.Encode(_image).DetachFromDisposeScope(),
            states.Phrases.unsqueeze(0).DetachFromDisposeScope(),
            states.NullPhrase.unsqueeze(0).DetachFromDisposeScope(),
            null
        );
        var text = Counted("text", () => encoder.Encode(caption).Dispose(), diffusion.Text);
        var vae = Counted("VAE encoder", Encode, diffusion.Vae);
        var unet = Counted(
            pipeline.Origin.Trained is null ? "UNet" : "UNet, trained parts",
            () => Trace().Dispose(),
            diffusion.UNet,
            diffusion.Vae,
            pipeline.Model
        );
        Forward = [text, vae, unet, new("ground", text.Gflop + vae.Gflop + unet.Gflop, Whole)];
        Back = new("UNet and back", 0, ThereAndBack);
    }

    /// <summary>The model.</summary>
    public GroundingPipeline Pipeline { get; }

    /// <summary>The picture's sides.</summary>
    public int Side { get; }

    /// <summary>From the folder to the first answer's end.</summary>
    public double OpenSeconds { get; }

    /// <summary>
    /// A caption's states, a picture's latents, the UNet's pass with what was trained beside it, and all of it, to masks.
    /// </summary>
    public IReadOnlyList<Work> Forward { get; }

    /// <summary>The UNet's pass, and a gradient's way back to the phrases; not for integers.</summary>
    public Work Back { get; }

    /// <summary>The UNet's features, each a row of float32; the caller's scope owns them.</summary>
    public IReadOnlyList<Tensor> Features()
    {
        using var frozen = no_grad();
        using var pass = Trace();
        return [.. pass.UNet.Features.Select(level => level.detach().to(float32, copy: true).cpu().flatten())];
    }

    public void Dispose()
    {
        _image.Dispose();
        _input.Dispose();
        Pipeline.Dispose();
    }

    private void Encode()
    {
        using var frozen = no_grad();
        using var pass = _place.BeginPass();
        Pipeline.Diffusion.Vae.Encode(_image).Dispose();
    }

    private GroundingPass Trace()
    {
        using var frozen = no_grad();
        return Trace(_input);
    }

    private GroundingPass Trace(GroundingInput input)
    {
        using var pass = _place.BeginPass();
        return Pipeline.Model.Trace(input);
    }

    private void ThereAndBack()
    {
        using var record = enable_grad();
        using var scope = NewDisposeScope();
        var phrases = _input.Phrases.detach().requires_grad_(true);
        using var pass = Trace(_input with { Phrases = phrases });
        var sum = pass.UNet.Features.Select(level => level.to(float32).square().sum()).Aggregate((all, next) => all + next);
        sum.backward();
    }

    private static Work Counted(string name, Action work, params nn.Module[] modules) =>
        new(name, ArithmeticCount.Of(modules, work) / 1e9, work);

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(0).NextBytes(bytes);
        return bytes;
    }
}
