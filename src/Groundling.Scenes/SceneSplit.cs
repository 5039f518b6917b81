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

    /// <summary>
    /// For training: squares around one thing to a few, told in all the ways in which people ask; <see cref="HeldOutCombinations"/> never
    /// occur.
    /// </summary>
    CloseUps,

    /// <summary>As <see cref="CloseUps"/>, for validation.</summary>
    CloseUpsVal,

    /// <summary>For training: whole scenes, half of them told as in <see cref="Train"/>, half as <see cref="CloseUps"/> are.</summary>
    Varied,

    /// <summary>
    /// For teaching: scenes with things of <see cref="SceneCategories.Novel"/>, which no other split has; every narrative names
    /// at least one of them. <see cref="HeldOutCombinations"/> never occur.
    /// </summary>
    Novel,

    /// <summary>As <see cref="Novel"/>, for validation.</summary>
    NovelVal,

    /// <summary>
    /// For training: whole scenes, half of them told by lists in which each thing is named by itself, so that a caption has many phrases
    /// and tells things of one kind apart; the others as in <see cref="Varied"/>. <see cref="HeldOutCombinations"/> never occur.
    /// </summary>
    Dense,
}
