namespace Groundling.Training;

/// <summary>
/// Streams of random numbers that follow from a run's seed, <c>StepSeed.Of(seed, stream, ...)</c>, whatever a step's own generator draws.
/// </summary>
/// <remarks>
/// Their numbers are part of what a run repeats exactly: a stream keeps its own. Tasks have streams of their own, which may have the same
/// number; a step's generator begins at <c>StepSeed.Of(seed, step, rank)</c> and is asked for numbers of another kind.
/// </remarks>
internal static class RunStreams
{
    /// <summary>In what order narratives or pictures are learnt from.</summary>
    public const ulong Orders = 1;

    /// <summary>Grounding: which narratives are mirrored.</summary>
    public const ulong Mirrors = 2;

    /// <summary>Grounding: at which points a phrase's mask is compared.</summary>
    public const ulong Points = 3;

    /// <summary>Grounding: which narratives have a phrase of what is not there, and what it says.</summary>
    public const ulong Absences = 4;

    /// <summary>Grounding: of which narratives one phrase is given alone, and which.</summary>
    public const ulong Alone = 5;

    /// <summary>The UNet: in what order pictures are rehearsed. The stream after an order's says how their captions are given.</summary>
    public const ulong RehearsedOrders = 3;

    /// <summary>The UNet: which phrases are absent, and which colour is wrong.</summary>
    public const ulong Contrasts = 5;

    /// <summary>The UNet's validation: its noise.</summary>
    public const ulong Measuring = 3;
}
