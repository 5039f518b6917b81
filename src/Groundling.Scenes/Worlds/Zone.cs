using Groundling.Scenes.Things;

namespace Groundling.Scenes.Worlds;

/// <summary>Where things may stand: a strip of the picture in unit space, y down.</summary>
internal readonly record struct Zone(float Top, float Bottom, Footing Footing = Footing.Ground, float Left = 0f, float Right = 1f);
