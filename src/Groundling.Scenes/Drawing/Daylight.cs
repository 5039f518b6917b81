namespace Groundling.Scenes.Drawing;

internal enum Daylight
{
    Day,
    Dawn,
    Dusk,
    Night,
}
