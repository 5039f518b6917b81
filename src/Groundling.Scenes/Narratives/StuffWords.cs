using Groundling.Scenes.Drawing;
using Groundling.Scenes.Worlds;

namespace Groundling.Scenes.Narratives;

/// <summary>Words for stuff, true of the hour and the weather.</summary>
internal sealed class StuffWords(Stage stage, SceneRandom random, bool houses)
{
    public string Of(string category)
    {
        var light = stage.Light;
        bool dull = light.Weather is Weather.Rain or Weather.Fog || (light.Weather == Weather.Snow && light.Daylight == Daylight.Day);
        bool day = light.Daylight == Daylight.Day;
        return category switch
        {
            "sky" => random.Chance(0.65f) ? random.Pick("the sky", "the sky", "sky")
            : light.Night ? random.Pick("the dark sky", "the night sky")
            : dull ? (light.Weather == Weather.Snow ? "the cloudy sky" : random.Pick("a gray sky", "the gray sky"))
            : day ? random.Pick("the blue sky", "a blue sky")
            : "the colorful sky",
            "cloud" => day && !dull && random.Chance(0.4f)
                ? random.Pick("white clouds", "some white clouds")
                : random.Pick("clouds", "some clouds", "the clouds"),
            "mountain" => random.Pick("mountains", "the mountains", "some mountains"),
            "hill" => stage.Autumn || !day
                ? random.Pick("hills", "some hills", "the hills")
                : random.Pick("hills", "green hills", "the hills"),
            "forest" => random.Pick("a forest", "the forest", "a dense forest"),
            "grass" => stage.Autumn || !day ? random.Pick("grass", "the grass") : random.Pick("grass", "the grass", "green grass"),
            "field" => random.Pick("a field", "the field"),
            "sand" => random.Pick("sand", "the sand", "the beach"),
            "snow" => random.Pick("snow", "the snow", "white snow"),
            "road" => random.Pick("a road", "the road", "the street"),
            "pavement" => random.Pick("the pavement", "pavement", "the sidewalk"),
            "path" => random.Pick("a path", "the path", "a walking path"),
            "sea" => random.Pick("the sea", "the sea", "water", "the water"),
            "lake" => random.Pick("a lake", "the lake", "water", "the water"),
            "river" => random.Pick("a river", "the river", "water", "the water"),
            "building" => houses
                ? random.Pick("tall buildings", "some tall buildings")
                : random.Pick("buildings", "tall buildings", "some buildings"),
            _ => random.Pick("a railway track", "the railway track", "the track"),
        };
    }

    /// <summary>The stuff as something to be on: definite.</summary>
    public string Below(string category) =>
        category switch
        {
            "grass" or "field" or "sand" or "snow" or "road" or "pavement" or "path" => "the " + category,
            "railway" => random.Pick("the railway track", "the track"),
            "sea" or "lake" or "river" => random.Chance(0.5f) ? "the water" : "the " + category,
            _ => "",
        };
}
