using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Worlds;

/// <summary>The kinds of scene.</summary>
internal static class WorldCatalogue
{
    private static readonly (string Name, Action<Stage> Set, float NightShare)[] Worlds =
    [
        ("harbor", CoastWorlds.Harbor, 0.15f),
        ("beach", CoastWorlds.Beach, 0f),
        ("lake", CoastWorlds.Lake, 0.15f),
        ("meadow", CountryWorlds.Meadow, 0.05f),
        ("farm", CountryWorlds.Farm, 0.05f),
        ("river", CountryWorlds.River, 0.1f),
        ("railway", CountryWorlds.Railway, 0.1f),
        ("snow village", CountryWorlds.SnowVillage, 0.25f),
        ("street", TownWorlds.Street, 0.2f),
        ("city", TownWorlds.City, 0.5f),
        ("park", TownWorlds.Park, 0.1f),
    ];

    // Where the foreground is ground to stand on, all across.
    private static readonly (string Name, Action<Stage> Set, float NightShare)[] Open = Array.FindAll(
        Worlds,
        world => world.Name is "beach" or "meadow" or "farm" or "park"
    );

    /// <summary>Chooses a world, its hour and its weather, and sets the stage.</summary>
    public static (string Name, Stage Stage) Choose(SceneRandom random, SceneSplit split)
    {
        bool novel = split is SceneSplit.Novel or SceneSplit.NovelVal;
        var (name, set, night) = random.Pick<(string, Action<Stage>, float)>(novel ? Open : Worlds);
        bool wintry = name == "snow village";
        var light = LightRecipes.Choose(random, wintry, night);
        var stage = new Stage(random, split)
        {
            Light = light,
            Autumn = !wintry && random.Chance(0.2f),
            WeatherSeed = random.Next(),
        };
        set(stage);
        if (novel)
            AddNovel(stage);
        return (name, stage);
    }

    private static void AddNovel(Stage stage)
    {
        var front = new Zone(0.72f, 0.97f);
        foreach (var category in SceneCategories.Novel.Reverse()) // the largest while there is room
            if (stage.Random.Chance(0.75f))
                stage.Scatter(category.Name, 1, 3, front);
    }
}
