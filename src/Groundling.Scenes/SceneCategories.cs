namespace Groundling.Scenes;

/// <summary>Everything a scene can contain.</summary>
public static class SceneCategories
{
    /// <summary>The table of the illustrated world, in order of identifiers.</summary>
    public static IReadOnlyList<SceneCategory> All { get; } =
    [
        new(1, "person", "person", true),
        new(2, "dog", "animal", true),
        new(3, "cat", "animal", true),
        new(4, "bird", "animal", true),
        new(5, "horse", "animal", true),
        new(6, "cow", "animal", true),
        new(7, "sheep", "animal", true),
        new(8, "boat", "vehicle", true),
        new(9, "car", "vehicle", true),
        new(10, "truck", "vehicle", true),
        new(11, "bus", "vehicle", true),
        new(12, "train", "vehicle", true),
        new(13, "bicycle", "vehicle", true),
        new(14, "balloon", "vehicle", true),
        new(15, "house", "structure", true),
        new(16, "lighthouse", "structure", true),
        new(17, "windmill", "structure", true),
        new(18, "tent", "structure", true),
        new(19, "tree", "plant", true),
        new(20, "bench", "furniture", true),
        new(21, "lamp", "furniture", true),
        new(22, "fence", "furniture", true),
        new(23, "umbrella", "accessory", true),
        new(24, "kite", "toy", true),
        new(25, "ball", "toy", true),
        new(26, "snowman", "toy", true),
        new(27, "haystack", "object", true),
        new(28, "sun", "sky", true),
        new(29, "moon", "sky", true),
        new(101, "sky", "sky", false),
        new(102, "cloud", "sky", false),
        new(103, "mountain", "land", false),
        new(104, "hill", "land", false),
        new(105, "forest", "plant", false),
        new(106, "grass", "ground", false),
        new(107, "field", "ground", false),
        new(108, "sand", "ground", false),
        new(109, "snow", "ground", false),
        new(110, "road", "ground", false),
        new(111, "pavement", "ground", false),
        new(112, "path", "ground", false),
        new(113, "sea", "water", false),
        new(114, "lake", "water", false),
        new(115, "river", "water", false),
        new(116, "building", "structure", false),
        new(117, "railway", "ground", false),
    ];

    /// <summary>Things that only <see cref="SceneSplit.Novel"/> and <see cref="SceneSplit.NovelVal"/> hold besides.</summary>
    public static IReadOnlyList<SceneCategory> Novel { get; } =
    [
        new(201, "cactus", "plant", true),
        new(202, "mushroom", "plant", true),
        new(203, "robot", "toy", true),
        new(204, "rocket", "vehicle", true),
    ];

    private static readonly Dictionary<string, SceneCategory> ByName = All.Concat(Novel).ToDictionary(c => c.Name, StringComparer.Ordinal);
    private static readonly Dictionary<int, SceneCategory> ById = All.Concat(Novel).ToDictionary(c => c.Id);

    /// <summary>What the scenes of a split can contain, in order of identifiers.</summary>
    public static IReadOnlyList<SceneCategory> Of(SceneSplit split) =>
        split is SceneSplit.Novel or SceneSplit.NovelVal ? [.. All, .. Novel] : All;

    /// <summary>The row of a name.</summary>
    /// <exception cref="InputException">No category has the name.</exception>
    public static SceneCategory Named(string name) =>
        ByName.TryGetValue(name, out var category)
            ? category
            : throw new InputException($"no scene category is named '{name}'; the names are {string.Join(", ", ByName.Keys)}");

    /// <summary>The row of an identifier.</summary>
    /// <exception cref="InputException">No category has the identifier.</exception>
    public static SceneCategory Numbered(int id) =>
        ById.TryGetValue(id, out var category) ? category : throw new InputException($"no scene category has the id {id}");
}
