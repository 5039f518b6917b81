namespace Groundling.Diffusion;

/// <summary>Which of the schedule's time steps sampling visits (Lin et al. 2024, table 2).</summary>
public enum TimeStepSpacing
{
    /// <summary>Whole steps from the first time step on, with an offset; the last time step is never visited.</summary>
    Leading,

    /// <summary>Even steps down from the last time step.</summary>
    Trailing,

    /// <summary>Even steps from the last time step to the first, both visited.</summary>
    Linspace,
}
