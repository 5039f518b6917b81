using Groundling.Data;
using Groundling.Diffusion;
using Groundling.Prompting;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>What must hold of static prompting and the diffusion mask head, on latents that are not square.</summary>
public sealed class StaticPromptTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private const int N = 5;
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _mode = no_grad();
    private readonly TinyModel _tiny;
    private readonly Tensor _latents,
        _phrases,
        _null;

    public StaticPromptTests(TinyModel tiny)
    {
        _tiny = tiny;
        var generator = new Generator(11);
        _latents = randn([2, 4, 8, 16], generator: generator);
        _phrases = randn([2, N, 64], generator: generator);
        _null = randn([2, 64], generator: generator);
    }

    public void Dispose()
    {
        _mode.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Maps_and_the_null_phrase_share_each_pixels_attention()
    {
        using var prompt = Run(_latents, _phrases, _null, null, keepHeads: true);
        Assert.Equal(_tiny.Pipeline.Diffusion.UNet.Sites, prompt.PixelReadings.Select(reading => reading.Site));
        foreach (var (site, map, attention) in prompt.PixelReadings)
        {
            var (height, width) = (8 / site.Stride, 16 / site.Stride);
            Assert.Equal([2, 4, height * width, 1 + N], attention!.shape);
            Assert.Equal([2, N, height, width], map.shape);
            TensorAssert.Close(ones(2, 4, height * width), attention.sum(-1), 1e-5, site.Path);
            var left = attention[.., .., .., 0].mean([1]).view(2, height, width);
            TensorAssert.Close(ones(2, height, width), map.sum(1) + left, 1e-5, site.Path);
            var (row, column) = (height - 1, 1);
            TensorAssert.Close(attention[1, .., row * width + column, 2].mean(), map[1, 1, row, column], 1e-6, "pixels go row by row");
        }
    }

    [Fact]
    public void An_answer_is_each_phrases_share_of_its_largest_value_inside_the_picture()
    {
        var letterbox = Letterbox.Fit(100, 40, 0); // in an input of 128 x 64
        var masks = zeros(1, 2, 64, 128);
        masks[0, 0, 39, 99] = 0.2f;
        masks[0, 0, 3, 5] = 0.05f;
        masks[0, 0, 63, 127] = 0.8f; // padding
        var shares = DiffusionMaskHead.Shares(masks, letterbox);
        Assert.Equal(
            (1f, 0.25f, 1f),
            (shares[0, 0, 39, 99].item<float>(), shares[0, 0, 3, 5].item<float>(), shares[0, 0, 63, 127].item<float>())
        );
        TensorAssert.Close(zeros(64, 128), shares[0, 1], 0, "a phrase without any attention");
    }

    [Fact]
    public void Permuting_phrases_permutes_their_masks()
    {
        var order = tensor(new long[] { 3, 0, 4, 1, 2 });
        var expected = Masks(_latents, _phrases, _null).index_select(1, order);
        TensorAssert.Close(expected, Masks(_latents, _phrases.index_select(1, order), _null), Tolerance, "permuted");
        AssertPhrasesDiffer(expected);
    }

    [Fact]
    public void Padding_phrases_changes_nothing()
    {
        var expected = Masks(_latents, _phrases, _null);
        var padded = cat([_phrases, 10 * randn([2, 3, 64], generator: new Generator(12))], 1);
        var valid = cat([ones(2, N, dtype: @bool), zeros(2, 3, dtype: @bool)], 1);
        var masks = Masks(_latents, padded, _null, valid);
        TensorAssert.Close(expected, masks[.., ..N], Tolerance, "valid phrases");
        Assert.Equal(0, masks[.., N..].abs().max().item<float>());
        Assert.True(
            (expected - Masks(_latents, padded, _null)[.., ..N]).abs().max().item<float>() > Tolerance,
            "without the mask the padding would count"
        );
    }

    [Fact]
    public void Rows_of_a_batch_may_be_padded_differently()
    {
        var valid = tensor(new[] { true, true, true, true, true, true, true, false, false, false }, [2, N]);
        var masks = Masks(_latents, _phrases, _null, valid);
        TensorAssert.Close(Masks(_latents[1..], _phrases[1.., ..2], _null[1..])[0], masks[1, ..2], Tolerance, "two phrases");
        TensorAssert.Close(Masks(_latents[..1], _phrases[..1], _null[..1])[0], masks[0], Tolerance, "five phrases");
    }

    [Fact]
    public void Another_picture_in_the_batch_changes_nothing()
    {
        var both = Masks(_latents, _phrases, _null);
        for (var i = 0; i < 2; i++)
            TensorAssert.Close(Masks(_latents[i..(i + 1)], _phrases[i..(i + 1)], _null[i..(i + 1)])[0], both[i], Tolerance, $"picture {i}");
    }

    [Fact]
    public void An_untrained_head_is_the_mean_of_the_enlarged_maps()
    {
        using var head = new DiffusionMaskHead(3);
        Tensor[] maps = [rand(1, 2, 2, 3), rand(1, 2, 4, 6), rand(1, 2, 2, 3)];
        var masks = head.call(maps, 16, 24);
        Assert.Equal([1, 2, 16, 24], masks.shape);
        for (var phrase = 0; phrase < 2; phrase++)
            foreach (var (y, x) in new[] { (0, 0), (15, 23), (7, 11), (8, 0), (3, 17) })
                Assert.Equal(maps.Average(map => Bilinear(map[0, phrase], 16, 24, y, x)), masks[0, phrase, y, x].item<float>(), 1e-6);
    }

    [Fact]
    public void A_trained_head_weighs_blocks_by_a_softmax()
    {
        using var head = new DiffusionMaskHead(2);
        head.parameters().Single().copy_(tensor(new[] { (float)Math.Log(3), 0 }));
        var mask = head.call([full([1, 1, 2, 2], 1), full([1, 1, 4, 4], 0.2f)], 8, 8);
        TensorAssert.Close(full([1, 1, 8, 8], 0.75 + 0.25 * 0.2), mask, 1e-6, "3 to 1");
    }

    [Fact]
    public void Gradients_flow_through_the_frozen_UNet_and_stay_in_none_of_its_parameters()
    {
        using var record = enable_grad();
        var phrases = _phrases.detach().clone().requires_grad_();
        var unet = _tiny.Pipeline.Diffusion.UNet;
        using var prompt = Run(_latents, phrases, _null, null, keepHeads: false);
        using var head = new DiffusionMaskHead(16);
        head.call(prompt.Maps, 64, 128)[.., 0].square().sum().backward();
        Assert.True(phrases.grad!.abs().sum([0, 2]).min().item<float>() > 0, "every phrase has a part in the softmax");
        Assert.All(unet.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Gradients_reach_the_heads_scalars()
    {
        using var record = enable_grad();
        using var head = new DiffusionMaskHead(2);
        head.call([ones(1, 1, 2, 2), zeros(1, 1, 4, 4)], 8, 8).mean().backward();
        Assert.Equal([0.25f, -0.25f], head.parameters().Single().grad!.data<float>());
    }

    private Tensor Masks(Tensor latents, Tensor phrases, Tensor nullPhrase, Tensor? valid = null)
    {
        using var head = new DiffusionMaskHead(16);
        using var prompt = Run(latents, phrases, nullPhrase, valid, keepHeads: false);
        Assert.All(prompt.PixelReadings, reading => Assert.Null(reading.Heads));
        return head.call(prompt.Maps, 64, 128);
    }

    private StaticPrompt Run(Tensor latents, Tensor phrases, Tensor nullPhrase, Tensor? valid, bool keepHeads)
    {
        var prompt = new StaticPrompt(new(latents, phrases, nullPhrase, valid), keepHeads: keepHeads);
        using var output = _tiny.Pipeline.Diffusion.UNet.call(latents, ones(1, dtype: int64), prompt);
        return prompt;
    }

    private static void AssertPhrasesDiffer(Tensor masks) =>
        Assert.True(
            (masks[.., ..1] - masks[.., 1..]).abs().amax([0, 2, 3]).min().item<float>() > 10 * Tolerance,
            "the phrases have masks of their own"
        );

    /// <summary>The value at a pixel of an enlarged map, straight from the definition: pixel centres, edges repeated.</summary>
    private static double Bilinear(Tensor map, int height, int width, int y, int x)
    {
        var (rows, columns) = ((int)map.shape[0], (int)map.shape[1]);
        var (v, u) = (Math.Max((y + 0.5) * rows / height - 0.5, 0), Math.Max((x + 0.5) * columns / width - 0.5, 0));
        var (top, left) = ((int)v, (int)u);
        double At(int row, int column) => map[Math.Min(row, rows - 1), Math.Min(column, columns - 1)].item<float>();
        return (1 - (v - top)) * ((1 - (u - left)) * At(top, left) + (u - left) * At(top, left + 1))
            + (v - top) * ((1 - (u - left)) * At(top + 1, left) + (u - left) * At(top + 1, left + 1));
    }
}
