namespace Groundling.Scenes;

/// <summary>Which of the disjoint random streams a scene is drawn from.</summary>
public enum SceneSplit
{
    /// <summary>For training; <see cref="HeldOutCombinations"/> never occur.</summary>
    Train,

    /// <summary>For validation; <see cref="HeldOutCombinations"/> never occur.</summary>
    Val,

    /// <summary>Every scene's narrative names at least one of <see cref="HeldOutCombinations"/>.</summary>
    Compositional,
}
