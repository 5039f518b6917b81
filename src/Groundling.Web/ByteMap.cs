using System.ComponentModel;
using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Web;

/// <summary>A map in 8 bits a value, between its least and its largest.</summary>
internal sealed record ByteMap(
    [property: Description("height, width.")] IReadOnlyList<int> Size,
    [property: Description("What the byte 0 stands for.")] double Minimum,
    [property: Description("What the byte 255 stands for; between them in equal steps.")] double Maximum,
    [property: Description("A byte for each value, row by row, in base64.")] byte[] Values
)
{
    /// <param name="map">[height, width]; one with values that are not numbers becomes zero.</param>
    public static ByteMap Of(Tensor map)
    {
        using var scope = NewDisposeScope();
        var (least, largest) = (map.min().item<float>(), map.max().item<float>());
        if (!float.IsFinite(least) || !float.IsFinite(largest))
            least = largest = 0;
        var bytes = largest > least ? map.Plus(-least).Times(255 / (largest - least)).round() : zeros_like(map);
        return new([(int)map.shape[0], (int)map.shape[1]], least, largest, bytes.to(uint8).cpu().contiguous().bytes.ToArray());
    }
}
