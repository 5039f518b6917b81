using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Method;

/// <summary>A prompt serves one pass, block after block; anything else is refused and named.</summary>
public sealed class PromptOrderTests(TinyModel tiny) : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _mode = no_grad();

    public void Dispose()
    {
        _mode.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Calls_out_of_order_are_refused(bool dynamic)
    {
        var sites = tiny.Pipeline.Diffusion.UNet.Sites;
        using var prompt = Prompt(dynamic, TinyGrounding.Input());
        Refused(
            () => prompt.Attended(sites[0], Attention(sites[0])),
            "block 0 (down_blocks.0.attentions.0.transformer_blocks.0) tells what its pixels attended to, but block 0 is due to ask for its prompt"
        );
        Refused(() => prompt.PromptFor(sites[1], Attention(sites[1]).Pixels), "block 1", "but block 0 is due to ask");
        prompt.PromptFor(sites[0], Attention(sites[0]).Pixels);
        Refused(() => prompt.PromptFor(sites[0], Attention(sites[0]).Pixels), "block 0 is due to tell what its pixels attended to");
        Refused(() => prompt.Attended(sites[1], Attention(sites[1])), "block 0 is due to tell");
        prompt.Attended(sites[0], Attention(sites[0]));
        Refused(() => prompt.PromptFor(sites[0], Attention(sites[0]).Pixels), "block 1 is due to ask");
        prompt.PromptFor(sites[1], Attention(sites[1]).Pixels);
        Assert.Single(prompt.PixelReadings);
    }

    [Fact]
    public void A_prompt_does_not_serve_a_second_pass()
    {
        var (input, unet) = (TinyGrounding.Input(), tiny.Pipeline.Diffusion.UNet);
        using var prompt = Prompt(dynamic: true, input);
        unet.call(input.Latents, ones(1, dtype: int64), prompt).Dispose();
        Assert.Equal(16, prompt.PixelReadings.Count);
        Refused(
            () => unet.call(input.Latents, ones(1, dtype: int64), prompt).Dispose(),
            "every pass of the UNet needs a prompt of its own"
        );
    }

    private PhrasePrompt Prompt(bool dynamic, GroundingInput input)
    {
        if (!dynamic)
            return new StaticPrompt(input);
        var (sites, width) = (tiny.Pipeline.Diffusion.UNet.Sites, tiny.Pipeline.Diffusion.UNet.Config.PromptWidth);
        return new DynamicPrompt(new PhraseAdapter(sites, width, TinyGrounding.Config).Initialize(new Generator(1)), input);
    }

    private static BlockAttention Attention(TransformerSite site)
    {
        var pixels = 8 * 16 / (site.Stride * site.Stride);
        return new(randn(2, pixels, site.Channels), rand(2, site.Heads, pixels, 1 + TinyGrounding.N));
    }

    private static void Refused(Action call, params string[] parts)
    {
        var fault = Assert.Throws<InvalidOperationException>(call);
        Assert.All(parts, part => Assert.Contains(part, fault.Message));
    }
}
