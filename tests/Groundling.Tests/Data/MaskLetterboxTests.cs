using CsCheck;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Web;

namespace Groundling.Tests.Data;

public class MaskLetterboxTests
{
    [Theory]
    [InlineData(1, 0.93)]
    [InlineData(4, 0.80)]
    public void There_and_back_keeps_the_mask(int divisor, double least)
    {
        var ious = new List<double>();
        Gen.Select(
                Gen.Int[200, 500],
                Gen.Int[200, 500],
                Gen.Int[192, 640],
                Gen.Double[0.1, 0.9],
                Gen.Double[0.1, 0.9],
                Gen.Double[0.15, 0.4]
            )
            .Sample(
                (w, h, size, x, y, r) =>
                {
                    var mask = Disc(w, h, x * w, y * h, r * Math.Min(w, h));
                    var box = Letterbox.Fit(w, h, size);
                    ious.Add(mask.IoU(box.ToPicture(box.ToNetwork(mask, divisor))));
                },
                iter: 60,
                threads: 1
            );
        Assert.True(ious.Min() > least, $"least IoU {ious.Min():F4}, mean {ious.Average():F4}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void There_and_back_does_not_drift(int divisor)
    {
        double dx = 0,
            dy = 0,
            growth = 0;
        const int times = 80;
        var random = new Random(5);
        for (int i = 0; i < times; i++)
        {
            var (w, h) = (random.Next(200, 500), random.Next(200, 500));
            double r = Math.Min(w, h) * (0.15 + 0.15 * random.NextDouble());
            var mask = Disc(w, h, r + random.NextDouble() * (w - 2 * r), r + random.NextDouble() * (h - 2 * r), r);
            var box = Letterbox.Fit(w, h, random.Next(192, 640));
            var back = box.ToPicture(box.ToNetwork(mask, divisor));
            var (a, b) = (Centre(mask), Centre(back));
            dx += (b.X - a.X) / times;
            dy += (b.Y - a.Y) / times;
            growth += ((double)back.Area / mask.Area - 1) / times;
        }
        Assert.InRange(Math.Abs(dx), 0, 0.02 * divisor);
        Assert.InRange(Math.Abs(dy), 0, 0.02 * divisor);
        Assert.InRange(Math.Abs(growth), 0, 0.005 * divisor);
    }

    [Fact]
    public void A_mirrored_mask_gives_the_mirrored_result()
    {
        var box = Letterbox.Fit(320, 256, 128);
        var random = new Random(2);
        for (int i = 0; i < 5; i++)
        {
            var mask = Disc(320, 256, random.Next(40, 280), random.Next(40, 216), random.Next(10, 40));
            var bytes = box.ToNetwork(mask).ToBytes();
            var mirrored = box.ToNetwork(Mirrored(mask)).ToBytes();
            for (int y = 0; y < box.ContentHeight; y++)
            for (int x = 0; x < box.ContentWidth; x++)
                Assert.Equal(bytes[y * box.Width + x], mirrored[y * box.Width + box.ContentWidth - 1 - x]);
        }
    }

    [Fact]
    public void The_whole_picture_stays_whole_and_the_padding_empty()
    {
        foreach (var (w, h, size) in ((int, int, int)[])[(333, 77, 512), (64, 64, 0), (1, 300, 100), (640, 480, 512), (10, 7, 256)])
        {
            var box = Letterbox.Fit(w, h, size);
            var all = RunLengthMask.FromBytes([.. Enumerable.Repeat((byte)1, w * h)], w, h);
            var there = box.ToNetwork(all);
            Assert.Equal((box.Width, box.Height, (long)box.ContentWidth * box.ContentHeight), (there.Width, there.Height, there.Area));
            Assert.Equal(all.Counts.ToArray(), box.ToPicture(there).Counts.ToArray());
            Assert.Equal(0, box.ToNetwork(RunLengthMask.Empty(w, h), 8).Area);
        }
    }

    [Fact]
    public void At_its_own_size_nothing_changes()
    {
        var mask = Disc(70, 50, 30, 20, 15);
        var box = Letterbox.Fit(70, 50, 0);
        Assert.Equal(mask.Counts.ToArray(), box.ToPicture(box.ToNetwork(mask)).Counts.ToArray());
    }

    [Fact]
    public void Masks_and_divisors_that_do_not_fit_are_refused()
    {
        var box = Letterbox.Fit(70, 50, 0);
        Assert.Throws<ArgumentException>(() => box.ToNetwork(RunLengthMask.Empty(50, 70)));
        Assert.Throws<ArgumentException>(() => box.ToNetwork(RunLengthMask.Empty(70, 50), 5));
        Assert.Throws<ArgumentException>(() => box.ToPicture(RunLengthMask.Empty(50, 70)));
    }

    [Fact]
    public void Panoptic_masks_agree_with_the_plain_comparison() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[0, 99])
            .Sample(
                (w, h, seed) =>
                {
                    var random = new Random(seed);
                    var ids = new int[w * h];
                    for (int i = 0; i < ids.Length; i++)
                        ids[i] = i > 0 && random.Next(3) > 0 ? ids[i - 1] : random.Next(6) * 1000;
                    var map = PanopticMap.FromIds(ids, w, h);
                    Assert.Equal(ids.Count(id => id == 0), map.VoidPixels);
                    foreach (
                        int[] wanted in (int[][])
                            [
                                [1000],
                                [2000, 4000],
                                [9],
                                [1000, 2000, 3000, 4000, 5000],
                            ]
                    )
                        Assert.Equal(ids.Select(id => (byte)(wanted.Contains(id) ? 1 : 0)), map.MaskOf(wanted).ToBytes());
                    Assert.Equal(
                        ids.Where(id => id != 0).GroupBy(id => id).ToDictionary(g => g.Key, g => (long)g.Count()).OrderBy(p => p.Key),
                        map.Areas.OrderBy(p => p.Key)
                    );
                },
                iter: 60,
                threads: 1
            );

    private static RunLengthMask Disc(int w, int h, double cx, double cy, double r)
    {
        var bytes = new byte[w * h];
        for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
            bytes[y * w + x] = (x + 0.5 - cx) * (x + 0.5 - cx) + (y + 0.5 - cy) * (y + 0.5 - cy) < r * r ? (byte)1 : (byte)0;
        return RunLengthMask.FromBytes(bytes, w, h);
    }

    private static RunLengthMask Mirrored(RunLengthMask mask)
    {
        var bytes = mask.ToBytes();
        for (int y = 0; y < mask.Height; y++)
            bytes.AsSpan(y * mask.Width, mask.Width).Reverse();
        return RunLengthMask.FromBytes(bytes, mask.Width, mask.Height);
    }

    private static (double X, double Y) Centre(RunLengthMask mask)
    {
        var bytes = mask.ToBytes();
        double x = 0,
            y = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            x += bytes[i] * (i % mask.Width);
            y += bytes[i] * (i / mask.Width);
        }
        return (x / mask.Area, y / mask.Area);
    }
}
