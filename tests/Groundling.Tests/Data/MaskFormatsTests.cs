using System.Drawing;
using CsCheck;

namespace Groundling.Tests.Data;

/// <summary>Masks as truth values, pictures and polygons.</summary>
public class MaskFormatsTests
{
    private static readonly Gen<RunLengthMask> Masks = Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9])
        .SelectMany((width, height) => Gen.Byte[0, 1].Array[width * height].Select(bytes => RunLengthMask.FromBytes(bytes, width, height)));

    [Fact]
    public void Truth_values_are_the_bytes() =>
        Masks.Sample(mask =>
        {
            var expected = mask.ToBytes().Select(value => value == 1).ToArray();
            Assert.Equal(expected, mask.ToBooleans());
            Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(i => mask.Contains(i % mask.Width, i / mask.Width)));
        });

    [Fact]
    public void A_picture_of_a_mask_is_white_inside_and_black_outside()
    {
        var mask = RunLengthMask.FromBox(new(2, 1, 3, 2), 7, 5);
        var read = Picture.Decode(mask.EncodePng(), "mask.png");
        Assert.Equal((7, 5), (read.Width, read.Height));
        Assert.Equal(mask.ToBytes().SelectMany(value => Enumerable.Repeat((byte)(255 * value), 3)), read.Rgb);
    }

    [Fact]
    public void Polygons_filled_by_the_even_odd_rule_are_the_mask() =>
        Masks.Sample(mask =>
        {
            var polygons = mask.ToPolygons();
            var rings = polygons.SelectMany(polygon => polygon.Holes.Prepend(polygon.Outer)).ToList();
            Assert.Equal(mask.Area, rings.Sum(TwiceArea) / 2);
            Assert.All(polygons, polygon => Assert.True(TwiceArea(polygon.Outer) > 0));
            Assert.All(polygons.SelectMany(polygon => polygon.Holes), hole => Assert.True(TwiceArea(hole) < 0));
            for (var y = 0; y < mask.Height; y++)
            for (var x = 0; x < mask.Width; x++)
                Assert.Equal(mask.Contains(x, y), rings.Sum(ring => Crossings(ring, x, y)) % 2 == 1);
            // Only corners: each line turns at its end.
            foreach (var ring in rings)
                for (var i = 0; i < ring.Count; i++)
                    Assert.NotEqual(
                        ring[i].X == ring[(i + 1) % ring.Count].X,
                        ring[(i + 1) % ring.Count].X == ring[(i + 2) % ring.Count].X
                    );
        });

    [Fact]
    public void A_piece_keeps_its_hole_and_pieces_that_touch_at_a_corner_are_two()
    {
        //  ###.      a frame with a hole, and a pixel
        //  #.#.      that touches it at its corner
        //  ###.
        //  ...#
        var mask = RunLengthMask.FromBytes([1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1], 4, 4);
        var polygons = mask.ToPolygons();
        Assert.Equal(2, polygons.Count);
        Assert.Equal([new Point(0, 0), new(3, 0), new(3, 3), new(0, 3)], polygons[0].Outer);
        Assert.Equal(
            [new Point(1, 1), new(1, 2), new(2, 2), new(2, 1)],
            Assert.Single(polygons[0].Holes).OrderBy(point => point.X).ThenBy(point => point.X == 1 ? point.Y : -point.Y)
        );
        Assert.Equal([new Point(3, 3), new(4, 3), new(4, 4), new(3, 4)], polygons[1].Outer);
        Assert.Empty(polygons[1].Holes);
        Assert.Empty(RunLengthMask.Empty(4, 4).ToPolygons());
    }

    [Fact]
    public void A_box_is_a_mask() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[0, 4])
            .Sample(
                (x, y, width, height) =>
                {
                    var mask = RunLengthMask.FromBox(new(x, y, width, height), 8, 8);
                    Assert.Equal(mask.ToBytes(), RunLengthMask.FromBytes(mask.ToBytes(), 8, 8).ToBytes());
                    Assert.Equal(width * height, mask.Area);
                    Assert.Equal(width * height == 0 ? default : new Box(x, y, width, height), mask.Box);
                    Assert.Equal(RunLengthMask.FromBytes(mask.ToBytes(), 8, 8).ToCompressed(), mask.ToCompressed());
                }
            );

    [Fact]
    public void What_is_outside_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RunLengthMask.FromBox(new(5, 0, 4, 1), 8, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunLengthMask.Empty(8, 4).Contains(0, 4));
        Assert.Throws<ArgumentException>(() => RunLengthMask.Empty(8, 4).CopyTo(new bool[31]));
    }

    private static long TwiceArea(IReadOnlyList<Point> ring) =>
        Enumerable
            .Range(0, ring.Count)
            .Sum(i => (long)ring[i].X * ring[(i + 1) % ring.Count].Y - (long)ring[(i + 1) % ring.Count].X * ring[i].Y);

    /// <summary>How often a ray to the right from a pixel's middle meets a ring.</summary>
    private static int Crossings(IReadOnlyList<Point> ring, int x, int y) =>
        Enumerable
            .Range(0, ring.Count)
            .Count(i =>
            {
                var (from, to) = (ring[i], ring[(i + 1) % ring.Count]);
                return from.X == to.X && from.X > x && Math.Min(from.Y, to.Y) <= y && y < Math.Max(from.Y, to.Y);
            });
}
