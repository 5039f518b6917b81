using Groundling.Data.Scenes.Worlds;

namespace Groundling.Data.Scenes.Narratives;

internal sealed class Narrator(Stage stage, List<SceneSegment> segments, int size, SceneSplit split, SceneRandom random)
{
    public SceneNarrative? Tell() => new("", []);
}
