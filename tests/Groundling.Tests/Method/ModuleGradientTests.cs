using Groundling.Aggregation;
using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>Every trained module's gradients against differences of values, and what its equations promise.</summary>
public class ModuleGradientTests
{
    private static readonly (long, long)[] Sizes = [(4, 8), (2, 4), (1, 2)];
    private static readonly GroundingConfig Config = TinyGrounding.Config with
    {
        Width = 8,
        AdapterWidth = 8,
        AggregationLayers = 1,
        AggregationFeedForward = 8,
        DecoderLayers = 3,
        DecoderFeedForward = 8,
        Classes = 2,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Phrase_adapter_block(bool padded)
    {
        using var check = new GradientCheck();
        using var block = check.Stirred(new PhraseAdapterBlock(12, 6, 8, 2, 3));
        var (phrases, pixels) = (check.Random(2, 3, 12), check.Random(2, 8, 6));
        var valid = padded ? tensor(new[] { true, true, false, true, false, false }, [2, 3]) : null;
        var readable = padded ? DynamicPrompt.Readable(check.Random(2, 3, 2, 4).abs(), 0.5) : null;
        check.Run(
            block,
            () =>
            {
                var injected = block.Inject(phrases, valid);
                var (next, masks, classes) = block.Extract(phrases, injected, pixels, readable);
                return [injected.Prompt, next, masks, classes];
            },
            ("phrases", phrases),
            ("pixels", pixels)
        );
    }

    [Fact]
    public void Adapter_mask_head()
    {
        using var check = new GradientCheck();
        TransformerSite[] sites = [new(0, "a", 4, 2, 1), new(1, "b", 6, 2, 2), new(2, "c", 4, 2, 1)];
        using var adapter = new PhraseAdapter(sites, 12, Config);
        var weights = (TorchSharp.Modules.Parameter)adapter.NamedTensors().Single(pair => pair.Name == "block_logits").Tensor;
        using (no_grad())
            weights.add_(check.Random(3));
        var masks = sites.Select(site => check.Random(2, 3, 4 / site.Stride, 6 / site.Stride)).ToList();
        var classes = sites.Select(_ => check.Random(2, 3, 4)).ToList();
        check.Run(
            null,
            () =>
            {
                var prediction = adapter.call([.. masks.Zip(classes, (m, c) => new MaskPrediction(m, c))]);
                Assert.Equal([2, 3, 4, 6], prediction.Masks.shape);
                return [prediction.Masks, prediction.Classes];
            },
            [("weights", weights), .. masks.Select((m, i) => ($"masks {i}", m)), .. classes.Select((c, i) => ($"classes {i}", c))]
        );
    }

    [Fact]
    public void Bidirectional_attention()
    {
        using var check = new GradientCheck();
        using var module = check.Stirred(new BidirectionalAttention(8, 2));
        var (pixels, phrases) = (check.Random(2, 5, 8), check.Random(2, 4, 8));
        var valid = tensor(new[] { true, true, true, true, true, false, true, false }, [2, 4]);
        check.Run(
            module,
            () =>
            {
                var (forPixels, forPhrases) = module.call(pixels, phrases, valid);
                return [forPixels, forPhrases];
            },
            ("pixels", pixels),
            ("phrases", phrases)
        );
    }

    [Fact]
    public void Mutual_aggregation()
    {
        using var check = new GradientCheck();
        using var module = check.Stirred(new MutualAggregation(Config));
        var (pixels, phrases) = (check.Random(2, 42, 8), check.Random(2, 6, 8));
        var valid = tensor(new[] { true, true, true, false }, [2, 2]);
        check.Run(
            module,
            () =>
            {
                var levels = module.call(new(pixels, phrases, 2, Sizes), valid);
                return [levels.Pixels, levels.Phrases];
            },
            ("pixels", pixels),
            ("phrases", phrases)
        );
    }

    [Fact]
    public void Level_projection()
    {
        using var check = new GradientCheck();
        using var module = check.Stirred(new LevelProjection([4, 6, 8], 12, 8, 3));
        var pixels = new[] { check.Random(2, 4, 4, 8), check.Random(2, 6, 2, 4), check.Random(2, 8, 1, 2) };
        var phrases = Enumerable.Range(0, 3).Select(_ => check.Random(2, 3, 12)).ToArray();
        check.Run(
            module,
            () =>
            {
                var levels = module.call(pixels, phrases);
                Assert.Equal([2, 42, 8], levels.Pixels.shape);
                Assert.Equal([2, 9, 8], levels.Phrases.shape);
                return [levels.Pixels, levels.Phrases];
            },
            [.. pixels.Select((tensor, i) => ($"pixels {i}", tensor)), .. phrases.Select((tensor, i) => ($"phrases {i}", tensor))]
        );
    }

    [Theory]
    [InlineData(MaskFeatureRoute.UNet)]
    [InlineData(MaskFeatureRoute.Latent)]
    public void Mask_feature(MaskFeatureRoute route)
    {
        using var check = new GradientCheck();
        using var vae = new Vae(
            new VaeConfig
            {
                Widths = [8, 8, 8, 8],
                LayersPerBlock = 1,
                NormGroups = 4,
            }
        ).Initialize(new Generator(3)).Freeze();
        using var module = check.Stirred(new MaskFeature(6, 8, 8, route));
        var (finest, feature, latents) = (check.Random(1, 8, 4, 6), check.Random(1, 6, 4, 6), check.Random(1, 4, 4, 6));
        Assert.Equal([1, 8, 8, 12], module.call(finest, feature, latents, vae).shape);
        (string, Tensor)[] read =
            route == MaskFeatureRoute.UNet ? [("finest", finest), ("feature", feature)] : [("finest", finest), ("latents", latents)];
        check.Run(module, () => [module.call(finest, feature, latents, vae)], read);
        Assert.All(vae.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Phrase_mask_decoder()
    {
        using var check = new GradientCheck();
        using var module = check.Stirred(new PhraseMaskDecoder(Config));
        var (queries, pixels, maskFeature) = (check.Random(2, 3, 8), check.Random(2, 42, 8), check.Random(2, 8, 8, 16));
        var valid = tensor(new[] { true, true, true, true, true, false }, [2, 3]);
        check.Run(
            module,
            () =>
            {
                var layers = module.call(queries, new(pixels, queries, 3, Sizes), maskFeature, valid);
                Assert.Equal(1 + Config.DecoderLayers, layers.Count);
                return [.. layers.SelectMany(layer => new[] { layer.Masks, layer.Classes })];
            },
            ("queries", queries),
            ("pixels", pixels),
            ("mask feature", maskFeature)
        );
    }

    [Fact]
    public void Losses()
    {
        using var check = new GradientCheck();
        var (logits, classes) = (check.Random(3, 7), check.Random(3, 5));
        var labels = check.Random(3, 7).sigmoid();
        var wanted = tensor(new long[] { 0, 4, -1 });
        using var generator = new Generator(1);
        var loss = new GroundingLoss(new(), generator);
        check.Run(
            null,
            () =>
                [
                    GroundingLoss.CrossEntropy(logits, labels),
                    GroundingLoss.Dice(logits, labels),
                    GroundingLoss.Class(classes, wanted),
                    loss.Diffusion(logits.sigmoid().unsqueeze(1), labels.unsqueeze(1)),
                ],
            ("logits", logits),
            ("classes", classes)
        );
    }

    [Fact]
    public void Both_softmaxes_come_from_one_tensor_of_logits()
    {
        using var scope = NewDisposeScope();
        using var module = GradientCheck.Stir(new BidirectionalAttention(8, 2).Initialize(new Generator(1)), new Generator(2));
        var (pixels, phrases) = (randn(2, 7, 8), randn(2, 4, 8));
        var valid = tensor(new[] { true, true, true, false, true, false, true, false }, [2, 4]);
        var (logits, overPixels, overPhrases) = module.Attention(pixels, phrases, valid);
        Assert.Equal([2, 2, 4, 7], logits.shape);
        TensorAssert.Close(ones(2, 2, 4), overPixels.sum(-1), 1e-5, "over pixels");
        TensorAssert.Close(ones(2, 2, 7), overPhrases.sum(-2), 1e-5, "over phrases");
        Assert.Equal(0, overPhrases.masked_select(valid.logical_not().view(2, 1, 4, 1)).abs().max().item<float>());
        TensorAssert.Close(logits.exp() / logits.exp().sum(-1, keepdim: true), overPixels, 1e-5, "over pixels, from the logits");
        var allowed = logits.exp() * valid.view(2, 1, 4, 1);
        TensorAssert.Close(allowed / allowed.sum(-2, keepdim: true), overPhrases, 1e-5, "over phrases, from the same logits");
    }

    [Fact]
    public void Aggregation_starts_without_mixing_pixels_and_phrases()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var module = new MutualAggregation(Config).Initialize(new Generator(1));
        var (pixels, phrases, others) = (randn(1, 42, 8), randn(1, 6, 8), randn(1, 6, 8));
        TensorAssert.Close(
            module.call(new(pixels, phrases, 2, Sizes), null).Pixels,
            module.call(new(pixels, others, 2, Sizes), null).Pixels,
            1e-6,
            "pixels"
        );
        GradientCheck.Stir(module, new Generator(2));
        Assert.True(
            (module.call(new(pixels, phrases, 2, Sizes), null).Pixels - module.call(new(pixels, others, 2, Sizes), null).Pixels)
                .abs()
                .max()
                .item<float>() > 1e-3,
            "trained, they mix"
        );
    }

    [Fact]
    public void An_untrained_adapter_hands_phrases_on_unchanged()
    {
        using var scope = NewDisposeScope();
        using var block = new PhraseAdapterBlock(12, 6, 8, 2, 3).Initialize(new Generator(1));
        var phrases = randn(2, 3, 12);
        var injected = block.Inject(phrases, null);
        var (next, masks, _) = block.Extract(phrases, injected, randn(2, 8, 6), null);
        TensorAssert.Close(phrases, injected.Prompt, 0, "what the UNet reads");
        TensorAssert.Close(phrases, next, 0, "what the next block gets");
        Assert.True(masks.std().item<float>() > 0, "the adapter mask head sees something from the start");
    }

    [Fact]
    public void Phrases_read_inside_their_masks_and_everywhere_when_these_are_empty()
    {
        using var scope = NewDisposeScope();
        var map = tensor(new[] { 0.1f, 0.4f, 0.2f, 0.21f, 0, 0, 0, 0 }, [1, 2, 2, 2]);
        Assert.Equal([false, true, false, true, true, true, true, true], DynamicPrompt.Readable(map, 0.5).data<bool>());
        var logits = tensor(new[] { -1f, 2f, -3f, -0.5f, -1, -1, -1, -1 }, [1, 2, 2, 2]);
        Assert.Equal([false, true, false, false, true, true, true, true], PhraseMaskDecoder.Readable(logits, (2, 2)).data<bool>());
        Assert.Equal([1, 1, 2, 8], PhraseMaskDecoder.Readable(logits, (2, 4)).shape);
    }

    [Fact]
    public void Reference_points_are_pixel_centres()
    {
        using var scope = NewDisposeScope();
        var points = MutualAggregation.References([(1, 2), (2, 1)], zeros(1));
        TensorAssert.Close(tensor(new[] { 0.25f, 0.5f, 0.75f, 0.5f, 0.5f, 0.25f, 0.5f, 0.75f }, [4, 2]), points, 1e-6, "centres");
    }

    [Fact]
    public void Positions_tell_all_pixels_apart_and_rows_from_columns()
    {
        using var scope = NewDisposeScope();
        var positions = SinePositions.Of(3, 5, 16, zeros(1));
        Assert.Equal([15, 16], positions.shape);
        TensorAssert.Close(positions[1, ..8], positions[3, ..8], 1e-6, "one row");
        TensorAssert.Close(positions[2, 8..], positions[12, 8..], 1e-6, "one column");
        var apart = (positions.unsqueeze(0) - positions.unsqueeze(1)).abs().amax([2]) + 10 * eye(15);
        Assert.True(apart.min().item<float>() > 0.05);
        Assert.Equal(Math.Sin(2 * Math.PI / 3), positions[0, 0].item<float>(), 1e-6);
        Assert.Equal(Math.Cos(2 * Math.PI * 2 / 5), positions[1, 9].item<float>(), 1e-6);
    }
}
