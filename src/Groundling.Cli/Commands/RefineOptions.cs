using System.CommandLine;

namespace Groundling.Cli.Commands;

/// <summary>The options for static prompting that is refined without training.</summary>
internal sealed class RefineOptions
{
    public Option<bool> Refine { get; } =
        new("--refine")
        {
            Description = "Static prompting refined without training, for any Stable Diffusion: the same as --static --head refined",
        };

    public Option<string[]> Settings { get; } =
        new("--refinement")
        {
            Description =
                "How it reads, where not as the model asks: times=1,100, strides=0.15,0.7,0.15,0 (weights of strides 8 to 64), null=1 (the null phrase keeps its part), blur=0.5, walks=2 (along self-attention), up=1 (of upward blocks alone), sharpness=1, colours=30 and contrast=0.03 (masks end where colours do), flip=1, threshold=0.5",
            HelpName = "KEY=VALUE",
        };

    /// <summary>The model, without its trained parts where they are not asked.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">The head that answers.</param>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="InputException">A setting cannot be used.</exception>
    /// <exception cref="Diffusion.ModelException">The model's own settings cannot be used.</exception>
    public ModelChoice Over(ModelChoice model, MaskHead? head, ParseResult parsed)
    {
        var settings = parsed.GetValue(Settings) ?? [];
        if (settings.Length > 0 && head != MaskHead.Refined)
            throw new InputException("--refinement says how --refine reads; add that, or --head refined");
        if (model.ColourWalks is not null && head is not (null or MaskHead.Decoder))
            throw new InputException(
                $"--colour-walks is for the mask decoder's masks, not for those of the {head.Value.ToString().ToLowerInvariant()} head; leave it out"
            );
        return head == MaskHead.Refined
            ? model with
            {
                Untrained = model.Untrained || parsed.GetValue(Refine),
                Refinement = RefinementSettings.Of(model.Frozen).With(settings),
            }
            : model;
    }

    /// <summary>The head that answers.</summary>
    /// <exception cref="InputException">Another one is asked for.</exception>
    public MaskHead? Over(MaskHead? head, ParseResult parsed) =>
        !parsed.GetValue(Refine) ? head
        : head is null or MaskHead.Refined ? MaskHead.Refined
        : throw new InputException("--refine has a mask head of its own; leave out --head");
}
