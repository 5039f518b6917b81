using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Worlds;

/// <summary>A piece of backdrop: painted in order among the things.</summary>
internal sealed record Layer(float Order, Action<Pen> Paint);
