using System.ComponentModel;
using static TorchSharp.torch;

namespace Groundling.Web;

/// <summary>A map in 8 bits a value, as shares of its largest.</summary>
internal sealed record ByteMap(
    [property: Description("height, width.")] IReadOnlyList<int> Size,
    [property: Description("What the value 255 stands for.")] double Maximum,
    [property: Description("A byte for each value, row by row, in base64.")] byte[] Values)
{
    /// <param name="map">[height, width], not negative.</param>
    public static ByteMap Of(Tensor map)
    {
        using var scope = NewDisposeScope();
        var largest = map.max().item<float>();
        var maximum = float.IsFinite(largest) ? largest : 0;
        var values = maximum > 0 ? (map * (255 / maximum)).round() : zeros_like(map);
        return new([(int)map.shape[0], (int)map.shape[1]], maximum, values.to(uint8).contiguous().bytes.ToArray());
    }
}
