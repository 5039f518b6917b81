namespace Groundling.Training;

/// <summary>How gradients become updates.</summary>
public enum OptimizerKind
{
    /// <summary><see cref="Training.AdamW"/> for all parameters.</summary>
    AdamW,

    /// <summary><see cref="Training.Muon"/> for those with weight decay, the matrices, and AdamW for the others.</summary>
    Muon,
}
