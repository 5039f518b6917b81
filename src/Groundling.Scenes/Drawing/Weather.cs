namespace Groundling.Scenes.Drawing;

internal enum Weather
{
    Clear,
    Cloudy,
    Fog,
    Rain,
    Snow,
}
