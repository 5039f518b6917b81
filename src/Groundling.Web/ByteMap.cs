using static TorchSharp.torch;

namespace Groundling.Web;

/// <summary>A map in 8 bits a value.</summary>
/// <param name="Size">[height, width].</param>
/// <param name="Maximum">What the value 255 stands for.</param>
/// <param name="Values">Row by row; base64 in JSON.</param>
internal sealed record ByteMap(IReadOnlyList<int> Size, double Maximum, byte[] Values)
{
    /// <param name="map">[height, width], not negative.</param>
    /// <param name="maximum">What the value 255 stands for; larger values are cut.</param>
    public static ByteMap Of(Tensor map, double maximum)
    {
        using var scope = NewDisposeScope();
        var values = maximum > 0 ? (map * (255 / maximum)).round().clamp(0, 255) : zeros_like(map);
        return new([(int)map.shape[0], (int)map.shape[1]], maximum, values.to(uint8).contiguous().bytes.ToArray());
    }
}
