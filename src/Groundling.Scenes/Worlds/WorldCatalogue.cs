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

    /// <summary>Chooses a world, its hour and its weather, and sets the stage.</summary>
    public static (string Name, Stage Stage) Choose(SceneRandom random, SceneSplit split)
    {
        var (name, set, night) = random.Pick<(string, Action<Stage>, float)>(Worlds);
        bool wintry = name == "snow village";
        var light = LightRecipes.Choose(random, wintry, night);
        var stage = new Stage(random, split)
        {
            Light = light,
            Autumn = !wintry && random.Chance(0.2f),
            WeatherSeed = random.Next(),
        };
        set(stage);
        return (name, stage);
    }
}
