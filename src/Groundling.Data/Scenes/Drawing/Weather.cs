namespace Groundling.Data.Scenes.Drawing;

internal enum Weather
{
    Clear,
    Cloudy,
    Fog,
    Rain,
    Snow,
}
