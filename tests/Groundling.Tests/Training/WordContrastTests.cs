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

    private static readonly int?[] NoColours = [null, null, null];

    [Fact]
    public void A_picture_is_asked_about_its_own_phrases_and_about_others_of_what_it_has_not()
    {
        var bags = PhraseBags.Of(Pictures, NoColours, [], _ => 0)!;
        Assert.Equal(3, bags.Length);
        Assert.Equal([(0, 0), (0, 1), (1, 0)], bags.Phrases.Take(3));
        Assert.Equal([PhraseBags.Kind.There, PhraseBags.Kind.There, PhraseBags.Kind.Absent], bags.Kinds.Take(3));
        Assert.Equal([(1, 0), (0, 0), (0, 1)], bags.Phrases.Skip(3).Take(3));
        Assert.Equal([PhraseBags.Kind.There, PhraseBags.Kind.Absent, PhraseBags.Kind.Absent], bags.Kinds.Skip(3).Take(3));
        Assert.Equal([(2, 1), (0, 1)], bags.Phrases.Skip(6).Take(2));
        Assert.Equal([PhraseBags.Kind.There, PhraseBags.Kind.Absent, PhraseBags.Kind.Padding], bags.Kinds.Skip(6));
        Assert.Equal((2, 1), PhraseBags.Of(Pictures, NoColours, [], _ => 3)!.Phrases[4]); // another beginning, others
    }

    [Fact]
    public void What_no_phrase_names_is_asked_for_by_name_and_a_wrong_colour_and_names_are_absent()
    {
        var bags = PhraseBags.Of(Pictures, [0, null, null], [Only(Boat), Only(Sea), Only(Sky)], _ => 0)!;
        var rows = bags.Phrases.Zip(bags.Kinds).Chunk(bags.Length).ToList();
        // the first picture's two categories are told; of the third's sky nothing is
        Assert.Equal([(0, 0), (0, 1)], Phrases(rows[0], PhraseBags.Kind.There));
        // what the sixth caption holds are names, what the third holds the first picture's in a wrong colour
        Assert.Equal([(1, 0), (6, 2), (3, 0)], Phrases(rows[0], PhraseBags.Kind.Absent));
        Assert.Equal([(1, 0)], Phrases(rows[1], PhraseBags.Kind.There));
        Assert.Equal([(0, 0), (0, 1)], Phrases(rows[1], PhraseBags.Kind.Absent));
        Assert.Equal([(2, 1), (6, 2)], Phrases(rows[2], PhraseBags.Kind.There));
        Assert.Equal([(0, 1), (6, 1)], Phrases(rows[2], PhraseBags.Kind.Absent));

        static IEnumerable<(int, int)> Phrases(((int, int) Phrase, PhraseBags.Kind Kind)[] row, PhraseBags.Kind kind) =>
            row.Where(one => one.Kind == kind).Select(one => one.Phrase);
    }

    /// <summary>As wall-brick and wall-wood are "the wall" both.</summary>
    [Fact]
    public void A_name_of_several_categories_is_there_if_one_of_them_is()
    {
        const int Waves = 120;
        var bags = PhraseBags.Of(Pictures, NoColours, [new HashSet<int> { Sea, Waves }, new HashSet<int> { Waves, Sky }], _ => 0)!;
        var asked = bags
            .Phrases.Zip(bags.Kinds)
            .Chunk(bags.Length)
            .Select(row => row.Where(one => one.First.Caption == 6).ToList())
            .ToList();
        Assert.DoesNotContain(asked[0], one => one.First.Phrase == 0); // its sea is told already, and is not absent; as many others are
        Assert.DoesNotContain(asked[1], one => one.First.Phrase == 1); // so is its sky
        Assert.Equal([((6, 1), PhraseBags.Kind.There)], asked[2].Where(one => one.First.Phrase == 1));
        Assert.Equal([((6, 0), PhraseBags.Kind.Absent)], asked[2].Where(one => one.First.Phrase == 0));
    }

    [Fact]
    public void Nothing_is_asked_where_nothing_is_absent() => Assert.Null(PhraseBags.Of([Pictures[0], Pictures[0]], NoColours, [], _ => 0));

    /// <summary>Of equal keys each gets the same of every pixel's attention.</summary>
    [Fact]
    public void The_loss_of_even_attention_is_that_of_a_guess()
    {
        using var frozen = no_grad();
        var even = Loss(ones(6, 3, tiny.Pipeline.Diffusion.Text.Config.Width));
        // with the null phrase four keys, of the third picture three
        var there = -(Math.Log(1 / 4.0) * 3 + Math.Log(1 / 3.0)) / 4; // two of the first picture, one of the second, one of the third
        var absent = -(Math.Log(3 / 4.0) * 3 + Math.Log(2 / 3.0)) / 4;
        Assert.Equal((there + absent) / 2, even.Bags.item<float>(), 1e-4);
        // of the attention to three phrases two thirds, a third, and of two a half
        Assert.Equal((Math.Log(3 / 2.0) + Math.Log(3) + Math.Log(2)) / 3, even.Pixels.item<float>(), 1e-4);
    }

    [Fact]
    public void Following_it_backwards_makes_it_less()
    {
        using var generator = new Generator(5);
        var states = 10 * randn([6, 3, tiny.Pipeline.Diffusion.Text.Config.Width], generator: generator);
        states.requires_grad_(true);
        var before = Loss(states);
        (before.Bags + before.Pixels).backward();
        using var frozen = no_grad();
        var gradient = states.grad!;
        Assert.True(gradient.abs().sum().item<float>() > 0);
        var after = Loss(states.detach() - gradient * (0.1 / gradient.norm()));
        Assert.True((after.Bags + after.Pixels).item<float>() < (before.Bags + before.Pixels).item<float>());
    }

    private static HashSet<int> Only(int category) => [category];

    private (Tensor Bags, Tensor Pixels) Loss(Tensor states)
    {
        var unet = tiny.Pipeline.Diffusion.UNet;
        using var generator = new Generator(4);
        var latents = randn([3, unet.Config.InChannels, 16, 16], generator: generator);
        return WordContrast.Loss(
            unet,
            latents,
            ones(3, dtype: int64),
            states,
            states[0].narrow(0, 0, 1),
            PhraseBags.Of(Pictures, NoColours, [], _ => 0)!
        );
    }
}
