using CsCheck;
using Groundling.Export;

namespace Groundling.Tests.Export;

/// <summary>Outlines as one ring, filled by either rule.</summary>
public class JoinedOutlineTests
{
    private static readonly Gen<RunLengthMask> Masks = Gen.Select(Gen.Int[1, 14], Gen.Int[1, 14], Gen.Int[1, 9], Gen.Int[0, int.MaxValue])
        .Select(
            (width, height, density, seed) =>
            {
                var random = new Random(seed);
                byte[] pixels = [.. Enumerable.Range(0, width * height).Select(_ => (byte)(random.Next(10) < density ? 1 : 0))];
                pixels[seed % pixels.Length] = 1;
                return RunLengthMask.FromBytes(pixels, width, height);
            }
        );

    [Fact]
    public void One_ring_is_the_whole_mask() =>
        Masks.Sample(mask =>
        {
            List<(double, double)> ring = [.. JoinedOutline.Of(mask.ToPolygons()).Select(corner => ((double)corner.X, (double)corner.Y))];
            return new[] { false, true }.All(winding => mask.IoU(Fill.Of([ring], mask.Width, mask.Height, winding)) == 1);
        });

    [Fact]
    public void Cuts_from_holes_stay_inside_the_mask() =>
        Masks.Sample(mask =>
            mask.ToPolygons()
                .All(piece => JoinedOutline.Of(piece) is var ring && ring.Zip(ring.Skip(1)).All(edge => TouchesMask(mask, edge)))
        );

    /// <summary>A quarter of a million holes, or pieces: the time must go with the outline's length.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Many_holes_or_pieces_are_joined_to_a_ring_of_the_masks_area(int hole)
    {
        const int Side = 1001;
        byte[] pixels = [.. Enumerable.Range(0, Side * Side).Select(i => (byte)(i % Side % 2 == 1 && i / Side % 2 == 1 ? hole : 1 - hole))];
        var mask = RunLengthMask.FromBytes(pixels, Side, Side);
        var ring = JoinedOutline.Of(mask.ToPolygons());
        var twice = ring.Zip(ring.Skip(1).Append(ring[0]), (a, b) => (long)a.X * b.Y - (long)b.X * a.Y).Sum();
        Assert.Equal(mask.Area, Math.Abs(twice) / 2);
    }

    /// <summary>Every unit of an edge has a pixel of the mask at one of its sides, and edges are upright or level.</summary>
    private static bool TouchesMask(RunLengthMask mask, (System.Drawing.Point From, System.Drawing.Point To) edge)
    {
        var (x, y) = (Math.Min(edge.From.X, edge.To.X), Math.Min(edge.From.Y, edge.To.Y));
        var (dx, dy) = (Math.Abs(edge.From.X - edge.To.X), Math.Abs(edge.From.Y - edge.To.Y));
        return (dx == 0 || dy == 0)
            && Enumerable.Range(0, dx).All(i => Inside(x + i, y) || Inside(x + i, y - 1))
            && Enumerable.Range(0, dy).All(i => Inside(x, y + i) || Inside(x - 1, y + i));

        bool Inside(int column, int row) =>
            column >= 0 && row >= 0 && column < mask.Width && row < mask.Height && mask.Contains(column, row);
    }
}
