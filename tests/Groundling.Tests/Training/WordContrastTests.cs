using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Training;

public sealed class WordContrastTests(TinyModel tiny)
{
    private const int Boat = 8,
        Sea = 113,
        Sky = 119;

    /// <summary>The third's first phrase names nothing, and nobody names its sky.</summary>
    private static readonly PictureTags[] Pictures =
    [
        PictureTags.Of(MarkedExample.Of("[a boat] on [the sea]", (1, Boat), (2, Sea))),
        PictureTags.Of(MarkedExample.Of("[the sky]", (1, Sky))),
        new(new HashSet<int> { Boat, Sky }, [new HashSet<int>(), new HashSet<int> { Boat }]),
    ];

    [Fact]
    public void A_picture_is_asked_about_its_own_phrases_and_about_others_of_what_it_has_not()
    {
        var bags = PhraseBags.Of(Pictures, _ => 0)!;
        Assert.Equal(3, bags.Length);
        Assert.Equal([(0, 0), (0, 1), (1, 0)], bags.Phrases.Take(3));
        Assert.Equal([PhraseBags.Kind.There, PhraseBags.Kind.There, PhraseBags.Kind.Absent], bags.Kinds.Take(3));
        Assert.Equal([(1, 0), (0, 0), (0, 1)], bags.Phrases.Skip(3).Take(3));
        Assert.Equal([PhraseBags.Kind.There, PhraseBags.Kind.Absent, PhraseBags.Kind.Absent], bags.Kinds.Skip(3).Take(3));
        Assert.Equal([(2, 1), (0, 1)], bags.Phrases.Skip(6).Take(2));
        Assert.Equal([PhraseBags.Kind.There, PhraseBags.Kind.Absent, PhraseBags.Kind.Padding], bags.Kinds.Skip(6));
        Assert.Equal((2, 1), PhraseBags.Of(Pictures, _ => 3)!.Phrases[4]); // another beginning, others
    }

    [Fact]
    public void Nothing_is_asked_where_nothing_is_absent() => Assert.Null(PhraseBags.Of([Pictures[0], Pictures[0]], _ => 0));

    /// <summary>Of equal keys each gets the same of every pixel's attention.</summary>
    [Fact]
    public void The_loss_of_even_attention_is_that_of_a_guess()
    {
        using var frozen = no_grad();
        var even = Loss(ones(3, 3, tiny.Pipeline.Diffusion.Text.Config.Width));
        // with the null phrase four keys, of the third picture three
        var there = -(Math.Log(1 / 4.0) * 3 + Math.Log(1 / 3.0)) / 4; // two of the first picture, one of the second, one of the third
        var absent = -(Math.Log(3 / 4.0) * 3 + Math.Log(2 / 3.0)) / 4;
        Assert.Equal((there + absent) / 2, even.item<float>(), 1e-4);
    }

    [Fact]
    public void Following_it_backwards_makes_it_less()
    {
        using var generator = new Generator(5);
        var states = 10 * randn([3, 3, tiny.Pipeline.Diffusion.Text.Config.Width], generator: generator);
        states.requires_grad_(true);
        var before = Loss(states);
        before.backward();
        using var frozen = no_grad();
        var gradient = states.grad!;
        Assert.True(gradient.abs().sum().item<float>() > 0);
        var after = Loss(states.detach() - gradient * (0.1 / gradient.norm()));
        Assert.True(after.item<float>() < before.item<float>());
    }

    private Tensor Loss(Tensor states)
    {
        var unet = tiny.Pipeline.Diffusion.UNet;
        using var generator = new Generator(4);
        var latents = randn([3, unet.Config.InChannels, 16, 16], generator: generator);
        return WordContrast.Loss(unet, latents, ones(3, dtype: int64), states, PhraseBags.Of(Pictures, _ => 0)!);
    }
}
