namespace Groundling.Data.Scenes.Drawing;

internal enum Daylight
{
    Day,
    Dawn,
    Dusk,
    Night,
}
