using System.CommandLine;
using Groundling.Hosting;
using Groundling.Torch;

namespace Groundling.Cli.Commands;

/// <summary>The options that choose a model: the frozen folder, the trained parts, or static prompting in spite of them.</summary>
internal sealed class ModelOptions
{
    public Option<string?> Frozen { get; } = new("--model", "-m")
    {
        Description = "A Stable Diffusion 1.x or 2.x: a folder in the diffusers layout, or OWNER/NAME[@REVISION] of the hub; the trained parts in its folder 'grounding' are used where there are any; if not given, one that comes with the program",
        HelpName = "MODEL",
    };

    public Option<string?> Trained { get; } = new("--grounding", "-g") { Description = "Trained parts that lie elsewhere: a folder that holds 'grounding', such as a run's checkpoints/best", HelpName = "DIR" };

    public Option<bool> Untrained { get; } = new("--static") { Description = "Leave the trained parts out, to compare with static prompting" };

    public Option<bool> Yes { get; } = ModelPlace.Yes();

    /// <summary>Whether the command line chooses a model.</summary>
    public bool AreGiven(ParseResult parsed) => parsed.GetValue(Frozen) is not null || parsed.GetValue(Trained) is not null || parsed.GetValue(Untrained);

    /// <summary>What the command line chose.</summary>
    /// <exception cref="InputException">The choices contradict each other, or no default model can be made.</exception>
    /// <exception cref="Hub.HubException">The model is to be pulled first, and is not.</exception>
    public ModelChoice Read(ParseResult parsed, CancellationToken stop)
    {
        var (frozen, trained, untrained) = (parsed.GetValue(Frozen), parsed.GetValue(Trained), parsed.GetValue(Untrained));
        if (trained is not null && untrained) throw new InputException("--static leaves out the trained parts that --grounding names; give only one of them");
        if (frozen is null && trained is not null) throw new InputException("--grounding names trained parts alone; name the frozen model that they were trained with by --model DIR");
        var folder = frozen is null ? DefaultModel.Path() : ModelPlace.Find(frozen, parsed.GetValue(Yes), parsed.InvocationConfiguration.Error, stop);
        return new(folder, trained, untrained, IsDefault: frozen is null);
    }
}

/// <summary>A model that the command line chose.</summary>
/// <param name="Frozen">The frozen model's folder.</param>
/// <param name="Trained">A folder of trained parts elsewhere, or null.</param>
/// <param name="Untrained">Whether trained parts are left out.</param>
/// <param name="IsDefault">Whether it is the one that is used where none is named.</param>
internal sealed record ModelChoice(string Frozen, string? Trained, bool Untrained, bool IsDefault)
{
    public GroundingPipeline Open(Rearrangement rearrangement) => GroundingPipeline.Open(new GroundingPipelineOptions
    {
        ModelFolder = Frozen,
        TrainedParts = Parts,
        Rearrangement = rearrangement,
    });

    /// <summary>The same choice for a service.</summary>
    public void Share(SharedModelOptions options) => (options.ModelFolder, options.TrainedParts) = (Frozen, Parts.ToString());

    private TrainedParts Parts => Untrained ? TrainedParts.None : Trained is null ? TrainedParts.Auto : TrainedParts.In(Trained);
}
