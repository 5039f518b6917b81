using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Decoding;
using Groundling.Diffusion;
using Groundling.Losses;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Torch;
using Groundling.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>What must hold of the whole model, whatever its weights are.</summary>
public sealed class GroundingModelTests(TinyModel tiny) : IDisposable
{
    private const double Tolerance = 1e-4;
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<GroundingParts, MaskFeatureRoute> Variants =>
        new()
        {
            { GroundingParts.Static, MaskFeatureRoute.UNet },
            { GroundingParts.Decoder, MaskFeatureRoute.UNet },
            { GroundingParts.Decoder, MaskFeatureRoute.Latent },
            { GroundingParts.DecoderAndAdapter, MaskFeatureRoute.UNet },
            { GroundingParts.DecoderAndAggregation, MaskFeatureRoute.UNet },
            { GroundingParts.Full, MaskFeatureRoute.UNet },
            { GroundingParts.Full, MaskFeatureRoute.Latent },
        };

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void At_step_0_the_full_model_prompts_as_static_prompting_does(bool attentionMask, bool nullPhrase)
    {
        using var frozen = no_grad();
        using var model = TinyGrounding.Build(tiny, TinyGrounding.Config with { AttentionMask = attentionMask, NullPhrase = nullPhrase });
        var input = TinyGrounding.Input(tensor(new[] { true, true, true, true, true, true, false, false }, [2, TinyGrounding.N]));
        using var prompt = new StaticPrompt(input, nullPhrase);
        tiny.Pipeline.Diffusion.UNet.call(input.Latents, ones(1, dtype: int64), prompt).Dispose();
        using var head = new DiffusionMaskHead(16);
        var expected = head.call(prompt.Maps, 64, 128);
        TensorAssert.Close(expected, model.call(input).Diffusion, 1e-5, "step 0");
        GradientCheck.Stir(model, new Generator(1));
        foreach (var parameter in model.parameters().Take(1))
            parameter.zero_(); // the head's own weights
        Assert.True((expected - model.call(input).Diffusion).abs().max().item<float>() > 1e-3, "training changes the prompts");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_trained_parameter_gets_a_gradient_and_no_frozen_one_does(GroundingParts parts, MaskFeatureRoute route)
    {
        using var model = TinyGrounding.Build(tiny, TinyGrounding.Config with { Parts = parts, MaskFeature = route }, stirred: true);
        using var losses = Losses(model, TinyGrounding.Input());
        losses.Total.backward();
        foreach (var (name, parameter) in model.named_parameters())
        {
            Assert.True(parameter.grad is not null, $"{name} has no gradient");
            Assert.True(parameter.grad!.isfinite().all().item<bool>(), $"{name} has a gradient that is not finite");
            Assert.True(parameter.grad.abs().max().item<float>() > 0, $"{name} has a gradient of zero");
        }
        Assert.All(
            tiny.Pipeline.Diffusion.UNet.parameters().Concat(tiny.Pipeline.Diffusion.Vae.parameters()),
            parameter =>
            {
                Assert.False(parameter.requires_grad);
                Assert.Null(parameter.grad);
            }
        );
        Assert.All(tiny.Pipeline.Diffusion.Text.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void At_step_0_every_block_of_the_adapter_learns_already()
    {
        using var model = TinyGrounding.Build(tiny);
        using var losses = Losses(model, TinyGrounding.Input());
        losses.Total.backward();
        Assert.All(model.named_parameters(), pair => Assert.True(pair.parameter.grad is not null, pair.name));
        var still = model
            .named_parameters()
            .Where(pair => pair.parameter.grad!.abs().max().item<float>() == 0)
            .Select(pair => pair.name.Replace('/', '.'))
            .ToList();
        Assert.All(
            still,
            name =>
                Assert.Matches(
                    @"^aggregation\.(level_embedding|layers\.\d\.(norm_pixels|norm_phrases|mutual\.(to_q|to_k|pixels_to_v|phrases_to_v)))\.",
                    name
                )
        );
    }

    [Fact]
    public void Gradients_reach_the_first_block_through_the_frozen_UNet()
    {
        using var model = TinyGrounding.Build(
            tiny,
            TinyGrounding.Config with
            {
                Loss = new()
                {
                    Points = 48,
                    Adapter = 0,
                    Decoder = 0,
                },
            },
            stirred: true
        );
        using var losses = Losses(model, TinyGrounding.Input());
        losses.Total.backward();
        Assert.Equal(["diffusion"], losses.Parts.Keys);
        var first = model
            .named_parameters()
            .Where(pair => pair.name.Contains("adapter.blocks.0.up") || pair.name.Contains("adapter.blocks.0.cross_attention.to_v"));
        Assert.NotEmpty(first);
        Assert.All(first, pair => Assert.True(pair.parameter.grad!.abs().max().item<float>() > 0, pair.name));
        Assert.All(model.named_parameters().Where(pair => pair.name.StartsWith("decoder.")), pair => Assert.Null(pair.parameter.grad));
    }

    [Theory]
    [InlineData(GroundingParts.DecoderAndAdapter, MaskFeatureRoute.UNet)]
    [InlineData(GroundingParts.DecoderAndAggregation, MaskFeatureRoute.Latent)]
    [InlineData(GroundingParts.Full, MaskFeatureRoute.UNet)]
    public void Permuting_phrases_permutes_the_masks(GroundingParts parts, MaskFeatureRoute route)
    {
        using var frozen = no_grad();
        using var model = TinyGrounding.Build(tiny, TinyGrounding.Config with { Parts = parts, MaskFeature = route }, stirred: true);
        var input = TinyGrounding.Input();
        var order = tensor(new long[] { 2, 0, 3, 1 });
        var (plain, permuted) = (All(model.call(input)), All(model.call(input with { Phrases = input.Phrases.index_select(1, order) })));
        foreach (var name in plain.Keys)
            TensorAssert.Close(plain[name].index_select(1, order), permuted[name], Tolerance, name);
        var answer = plain["answer"];
        Assert.True(
            (answer[.., ..1] - answer[.., 1..]).abs().amax([0, 2, 3]).min().item<float>() > 10 * Tolerance,
            "the phrases have masks of their own"
        );
    }

    [Theory]
    [InlineData(GroundingParts.DecoderAndAdapter, MaskFeatureRoute.Latent)]
    [InlineData(GroundingParts.DecoderAndAggregation, MaskFeatureRoute.UNet)]
    [InlineData(GroundingParts.Full, MaskFeatureRoute.UNet)]
    public void Padding_and_other_pictures_in_the_batch_change_nothing(GroundingParts parts, MaskFeatureRoute route)
    {
        using var frozen = no_grad();
        using var model = TinyGrounding.Build(tiny, TinyGrounding.Config with { Parts = parts, MaskFeature = route }, stirred: true);
        var input = TinyGrounding.Input(tensor(new[] { true, true, true, true, true, true, false, false }, [2, TinyGrounding.N]));
        var both = All(model.call(input));
        var first = All(model.call(new(input.Latents[..1], input.Phrases[..1], input.NullPhrase[..1], null)));
        var second = All(model.call(new(input.Latents[1..], input.Phrases[1.., ..2], input.NullPhrase[1..], null)));
        foreach (var name in both.Keys)
        {
            TensorAssert.Close(first[name], both[name][..1], Tolerance, $"{name} of the first picture");
            TensorAssert.Close(second[name], both[name][1.., ..2], Tolerance, $"{name} of the second picture, which is padded");
        }
    }

    [Theory]
    [InlineData(GroundingParts.Static)]
    [InlineData(GroundingParts.Decoder)]
    [InlineData(GroundingParts.DecoderAndAdapter)]
    [InlineData(GroundingParts.DecoderAndAggregation)]
    [InlineData(GroundingParts.Full)]
    public void The_config_names_the_parts_that_hold_weights(GroundingParts parts)
    {
        using var model = TinyGrounding.Build(tiny, TinyGrounding.Config with { Parts = parts });
        Assert.Equal(model.Config.PartNames.Order(), model.NamedTensors().Select(pair => pair.Name.Split('.')[0]).Distinct().Order());
    }

    [Fact]
    public void Shapes_are_those_of_the_heads()
    {
        using var frozen = no_grad();
        using var model = TinyGrounding.Build(tiny);
        using var output = model.call(TinyGrounding.Input());
        Assert.Equal([2, 4, 64, 128], output.Diffusion.shape);
        Assert.Equal(16, output.AdapterBlocks.Count);
        foreach (var (block, site) in output.AdapterBlocks.Zip(tiny.Pipeline.Diffusion.UNet.Sites))
        {
            Assert.Equal([2, 4, 8 / site.Stride, 16 / site.Stride], block.Masks.shape);
            Assert.Equal([2, 4, TinyGrounding.K + 1], block.Classes.shape);
        }
        Assert.Equal([2, 4, 8, 16], output.Adapter!.Masks.shape);
        Assert.Equal(1 + 3, output.Decoder.Count);
        Assert.All(output.Decoder, layer => Assert.Equal([2, 4, 16, 32], layer.Masks.shape));
        Assert.Equal([2, 4, 64, 128], output.Probabilities(TinyGrounding.Letterbox).shape);
    }

    [Fact]
    public void Batches_pad_captions_of_different_lengths()
    {
        PhraseStates Caption(int count) => new(randn(64), randn(count, 64));
        var (one, three) = (Caption(1), Caption(3));
        using var batch = GroundingInput.Batch(randn(2, 4, 8, 8), [one, three]);
        Assert.Equal([2, 3, 64], batch.Phrases.shape);
        Assert.Equal([true, false, false, true, true, true], batch.Valid!.data<bool>());
        TensorAssert.Close(one.Phrases, batch.Phrases[0, ..1], 0, "phrases");
        TensorAssert.Close(three.NullPhrase, batch.NullPhrase[1], 0, "null phrase");
        Assert.Null(GroundingInput.Batch(randn(2, 4, 8, 8), [three, three]).Valid);
        Assert.Throws<ArgumentException>(() => GroundingInput.Batch(randn(1, 4, 8, 8), [one, three]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_tensor_is_left_behind(bool savesMemory)
    {
        using var model = TinyGrounding.Build(tiny);
        model.SavesMemory = savesMemory;
        var (input, target) = (TinyGrounding.Input(), TinyGrounding.Target());
        using var generator = new Generator(1);
        void Step()
        {
            using var step = NewDisposeScope(); // gradients on the way back belong to the caller's scope
            using var output = model.call(input);
            using var losses = new GroundingLoss(model.Config.Loss, generator).Compute(output, target);
            losses.Total.backward();
        }
        Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Blocks_that_run_again_give_the_same_masks_and_gradients(bool adapterLoss)
    {
        using var model = TinyGrounding.Build(
            tiny,
            TinyGrounding.Config with
            {
                Loss = new() { Points = 48, Adapter = adapterLoss ? 1 : 0 },
            },
            stirred: true
        );
        var input = TinyGrounding.Input(tensor(new[] { true, true, true, true, true, true, false, false }, [2, TinyGrounding.N]));
        var (plain, plainLoss) = Gradients(saves: false);
        var (saved, savedLoss) = Gradients(saves: true);
        Assert.Equal(plainLoss, savedLoss, 1e-4 * Math.Abs(plainLoss));
        // unused, and told so
        Assert.All(saved.Where(pair => !plain.ContainsKey(pair.Key)), pair => Assert.Equal(0, pair.Value.abs().max().item<float>()));
        foreach (var (name, gradient) in plain)
            TensorAssert.Close(gradient, saved[name], 1e-3 * (1 + gradient.abs().max().item<float>()), name);
        Assert.False(input.Phrases.requires_grad);

        (Dictionary<string, Tensor> Gradients, double Loss) Gradients(bool saves)
        {
            model.SavesMemory = saves;
            model.zero_grad();
            using var losses = Losses(model, input);
            losses.Total.backward();
            return (
                model
                    .named_parameters()
                    .Where(pair => pair.parameter.grad is not null)
                    .ToDictionary(pair => pair.name, pair => pair.parameter.grad!.clone()),
                losses.Total.item<float>()
            );
        }
    }

    [Fact]
    public void A_frozen_adapter_sends_no_gradient_through_the_UNet_though_blocks_may_run_again()
    {
        using var model = TinyGrounding.Build(tiny, stirred: true);
        foreach (var (name, parameter) in model.named_parameters())
            parameter.requires_grad = !name.StartsWith("adapter.", StringComparison.Ordinal);
        model.SavesMemory = true;
        using var pass = model.Trace(TinyGrounding.Input());
        Assert.All(pass.UNet.Features, feature => Assert.False(feature.requires_grad));
        Assert.All(pass.Prompt.Maps, map => Assert.False(map.requires_grad));
        Assert.True(pass.Decoder!.Masks.requires_grad);
    }

    [Fact]
    public void A_cancelled_pass_stops()
    {
        using var model = TinyGrounding.Build(tiny);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => model.call(TinyGrounding.Input() with { Cancellation = source.Token }));
    }

    private static GroundingLosses Losses(GroundingModel model, GroundingInput input)
    {
        using var generator = new Generator(35);
        using var output = model.call(input);
        return new GroundingLoss(model.Config.Loss, generator).Compute(output, TinyGrounding.Target());
    }

    /// <summary>Everything an output holds, as probabilities.</summary>
    private static Dictionary<string, Tensor> All(GroundingOutput output)
    {
        var all = new Dictionary<string, Tensor>
        {
            ["diffusion"] = output.Diffusion,
            ["answer"] = output.Probabilities(TinyGrounding.Letterbox),
        };
        if (output.Adapter is not null)
            (all["adapter"], all["adapter's classes"]) = (output.Adapter.Masks.sigmoid(), output.Adapter.Classes.softmax(-1));
        for (var i = 0; i < output.Decoder.Count; i++)
            (all[$"layer {i}"], all[$"classes {i}"]) = (output.Decoder[i].Masks.sigmoid(), output.Decoder[i].Classes.softmax(-1));
        return all;
    }
}
