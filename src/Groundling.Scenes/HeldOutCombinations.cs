namespace Groundling.Scenes;

/// <summary>
/// What is kept out of train and val, and asked for in compositional: the categories and the attributes are all seen in training,
/// never together.
/// </summary>
public static class HeldOutCombinations
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<HeldOutCombination> All { get; } =
    [
        new("boat", "green"),
        new("car", "yellow"),
        new("house", "blue"),
        new("bird", "red"),
        new("balloon", "purple"),
        new("kite", "pink"),
        new("umbrella", "green"),
        new("train", "green"),
        new("bus", "blue"),
        new("truck", "orange"),
        new("bench", "red"),
        new("person", "purple"),
        new("dog", "black"),
        new("tent", "red"),
        new("ball", "striped"),
        new("house", "wooden"),
    ];

    /// <summary>Whether a thing with these attributes is held out; empty words are no attributes.</summary>
    public static bool Contains(string category, string colour, string material)
    {
        foreach (var held in All)
            if (held.Category == category && (held.Attribute == colour || held.Attribute == material))
                return true;
        return false;
    }
}
