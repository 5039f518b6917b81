using System.Text.Json;
using CsCheck;
using Groundling.Data;
using Groundling.Web;
using TorchSharp;

namespace Groundling.Tests.Data;

public class RunLengthMaskTests
{
    /// <summary>Masks of all shapes; some noisy, some of large blocks, some empty or full.</summary>
    private static readonly Gen<(byte[] Bytes, int Width, int Height)> Masks = Gen.Select(
            Gen.Int[1, 70],
            Gen.Int[1, 40],
            Gen.Int[0, 10],
            Gen.Int[1, 9],
            Gen.Int[0, int.MaxValue]
        )
        .Select((w, h, density, block, seed) => (Noise(w, h, density, block, seed), w, h));

    private static readonly Gen<(byte[] A, byte[] B, int Width, int Height)> Pairs = Gen.Select(
            Gen.Int[1, 50],
            Gen.Int[1, 40],
            Gen.Int[0, 10],
            Gen.Int[0, 10],
            Gen.Int[0, int.MaxValue]
        )
        .Select((w, h, a, b, seed) => (Noise(w, h, a, 3, seed), Noise(w, h, b, 2, seed ^ 77), w, h));

    [Fact]
    public void Agrees_with_the_reference_values()
    {
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Fixture.Path("golden/rle-cases.json")));
        foreach (var one in cases.RootElement.EnumerateArray())
        {
            int height = one.GetProperty("height").GetInt32(),
                width = one.GetProperty("width").GetInt32();
            byte[] bytes = [.. one.GetProperty("rows").EnumerateArray().SelectMany(r => r.GetString()!).Select(c => (byte)(c - '0'))];
            uint[] counts = [.. one.GetProperty("uncompressed").EnumerateArray().Select(c => c.GetUInt32())];
            int[] box = [.. one.GetProperty("bbox").EnumerateArray().Select(v => (int)v.GetDouble())];
            var text = one.GetProperty("counts").GetString()!;

            foreach (var mask in (RunLengthMask[])[RunLengthMask.FromBytes(bytes, width, height), RunLengthMask.Parse(text, width, height)])
            {
                Assert.Equal(counts, mask.Counts.ToArray());
                Assert.Equal(text, mask.ToCompressed());
                Assert.Equal(one.GetProperty("area").GetInt64(), mask.Area);
                Assert.Equal(new Box(box[0], box[1], box[2], box[3]), mask.Box);
                Assert.Equal(bytes, mask.ToBytes());
            }
        }
    }

    [Fact]
    public void Bytes_and_text_round_trip() =>
        Masks.Sample(m =>
        {
            var mask = RunLengthMask.FromBytes(m.Bytes, m.Width, m.Height);
            var again = RunLengthMask.Parse(mask.ToCompressed(), m.Width, m.Height);
            byte[] expected = [.. m.Bytes.Select(b => (byte)(b == 0 ? 0 : 1))];
            return mask.ToBytes().SequenceEqual(expected)
                && again.ToBytes().SequenceEqual(expected)
                && mask.Counts.Span.SequenceEqual(again.Counts.Span);
        });

    [Fact]
    public void Enlarged_probabilities_are_those_of_the_library() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 90], Gen.Int[1, 70], Gen.Int[0, int.MaxValue])
            .Sample(
                (mapWidth, mapHeight, width, height, seed) =>
                {
                    var random = new Random(seed);
                    float[] map = [.. Enumerable.Range(0, mapWidth * mapHeight).Select(_ => random.NextSingle())];
                    const float threshold = 0.5f;
                    var mask = RunLengthMask.FromProbabilities(map, mapWidth, mapHeight, width, height, threshold, out var mean);
                    using var enlarged = torch.nn.functional.interpolate(
                        torch.tensor(map, [1, 1, mapHeight, mapWidth]),
                        [height, width],
                        mode: torch.InterpolationMode.Bilinear,
                        align_corners: false
                    );
                    var (values, inside) = (enlarged.data<float>().ToArray(), mask.ToBytes());
                    Assert.All(values.Zip(inside), pair => Assert.True(pair.First > threshold == (pair.Second == 1) || Near(pair.First)));
                    var above = values.Where((_, i) => inside[i] == 1).ToList();
                    Assert.Equal(above.Count == 0 ? 0 : above.Average(), mean, 1e-5);

                    static bool Near(float value) => Math.Abs(value - threshold) < 1e-5f; // rounding may differ
                },
                iter: 300
            );

    [Fact]
    public void Nothing_of_no_number_is_inside()
    {
        var mask = RunLengthMask.FromProbabilities([float.NaN, 1, 1, float.NaN], 2, 2, 8, 8, 0.5, out var mean);
        Assert.Equal(0, mask.ToBytes()[0]);
        Assert.True(double.IsFinite(mean));
    }

    [Fact]
    public void A_map_has_as_many_values_as_its_sides_say() =>
        Assert.Throws<ArgumentException>(() => RunLengthMask.FromProbabilities(new float[5], 2, 3, 4, 4, 0.5, out _));

    [Fact]
    public void Counts_run_down_the_columns() =>
        Masks.Sample(m =>
        {
            var counts = new List<uint> { 0 };
            bool inside = false;
            for (int x = 0; x < m.Width; x++)
            for (int y = 0; y < m.Height; y++)
            {
                if (m.Bytes[y * m.Width + x] != 0 != inside)
                {
                    inside = !inside;
                    counts.Add(0);
                }
                counts[^1]++;
            }
            return RunLengthMask.FromBytes(m.Bytes, m.Width, m.Height).Counts.Span.SequenceEqual(counts.ToArray());
        });

    [Fact]
    public void Area_and_box_are_those_of_the_pixels() =>
        Masks.Sample(m =>
        {
            var mask = RunLengthMask.FromBytes(m.Bytes, m.Width, m.Height);
            var inside = Enumerable
                .Range(0, m.Bytes.Length)
                .Where(i => m.Bytes[i] != 0)
                .Select(i => (X: i % m.Width, Y: i / m.Width))
                .ToList();
            if (inside.Count == 0)
                return mask.Area == 0 && mask.Box == default;
            int left = inside.Min(p => p.X),
                top = inside.Min(p => p.Y);
            return mask.Area == inside.Count
                && mask.Box == new Box(left, top, inside.Max(p => p.X) - left + 1, inside.Max(p => p.Y) - top + 1);
        });

    [Fact]
    public void Union_and_intersection_are_those_of_the_pixels() =>
        Pairs.Sample(p =>
        {
            var (a, b) = (RunLengthMask.FromBytes(p.A, p.Width, p.Height), RunLengthMask.FromBytes(p.B, p.Width, p.Height));
            byte[] union = [.. p.A.Zip(p.B, (x, y) => (byte)(x != 0 || y != 0 ? 1 : 0))];
            long both = p.A.Zip(p.B).Count(q => q.First != 0 && q.Second != 0),
                either = union.Count(v => v == 1);
            return RunLengthMask
                    .Union([a, b], p.Width, p.Height)
                    .Counts.Span.SequenceEqual(RunLengthMask.FromBytes(union, p.Width, p.Height).Counts.Span)
                && a.IntersectionArea(b) == both
                && a.IoU(b) == (either == 0 ? 0 : (double)both / either)
                && a.IoU(b) == b.IoU(a)
                && a.IoU(a) == (a.Area == 0 ? 0 : 1);
        });

    [Fact]
    public void Union_of_none_is_empty_and_of_many_holds_all()
    {
        Assert.Equal(0, RunLengthMask.Union([], 7, 5).Area);
        var dots = Enumerable
            .Range(0, 35)
            .Where(i => i % 3 == 0)
            .Select(i =>
            {
                var bytes = new byte[35];
                bytes[i] = 255;
                return RunLengthMask.FromBytes(bytes, 7, 5);
            });
        Assert.Equal(12, RunLengthMask.Union(dots, 7, 5).Area);
    }

    [Theory]
    [InlineData("S1", 7, 6, "sum")] // 35 pixels for 42
    [InlineData("5 2", 7, 5, "' '")]
    [InlineData("S", 7, 5, "cut short")]
    [InlineData("oooooooooooo1", 7, 5, "too long")]
    [InlineData("@", 7, 5, "-16")]
    [InlineData("", 7, 5, "covers 0")]
    public void Faulty_text_is_refused(string text, int width, int height, string says)
    {
        var fault = Assert.Throws<InputException>(() => RunLengthMask.Parse(text, width, height));
        Assert.Contains(says is "sum" ? "covers 35 pixels" : says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void Any_text_is_read_or_refused() =>
        Gen.String[Gen.Char['+', 'q'], 0, 12]
            .Sample(text =>
            {
                try
                {
                    return RunLengthMask.Parse(text, 9, 4).Counts.ToArray().Sum(c => c) == 36;
                }
                catch (InputException)
                {
                    return true;
                }
            });

    [Fact]
    public void Runs_of_nothing_are_merged_away()
    {
        var mask = RunLengthMask.FromCounts([0, 3, 0, 4, 5, 0, 8], 5, 4);
        Assert.Equal([0u, 7u, 13u], mask.Counts.ToArray());
        Assert.Equal(7, mask.Area);
    }

    [Fact]
    public void Sizes_must_agree()
    {
        var mask = RunLengthMask.FromBytes(new byte[6], 3, 2);
        Assert.Throws<ArgumentException>(() => mask.IoU(RunLengthMask.FromBytes(new byte[6], 2, 3)));
        Assert.Throws<ArgumentException>(() => RunLengthMask.Union([mask], 2, 3));
        Assert.Throws<ArgumentException>(() => RunLengthMask.FromBytes(new byte[5], 3, 2));
    }

    [Fact]
    public void Large_masks_keep_their_numbers()
    {
        const int w = 8000,
            h = 6000;
        var bytes = new byte[w * h];
        for (int y = 1000; y < 5000; y++)
            bytes.AsSpan(y * w + 2000, 3000).Fill(1);
        var mask = RunLengthMask.FromBytes(bytes, w, h);
        Assert.Equal(12_000_000, mask.Area);
        Assert.Equal(new Box(2000, 1000, 3000, 4000), mask.Box);
        Assert.Equal(mask.Counts.ToArray(), RunLengthMask.Parse(mask.ToCompressed(), w, h).Counts.ToArray());
    }

    private static byte[] Noise(int width, int height, int density, int block, int seed)
    {
        var random = new Random(seed);
        int across = width / block + 1;
        var blocks = new byte[across * (height / block + 1)];
        for (int i = 0; i < blocks.Length; i++)
            blocks[i] = random.Next(10) < density ? (byte)random.Next(1, 256) : (byte)0;
        var bytes = new byte[width * height];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = blocks[i / width / block * across + i % width / block];
        return bytes;
    }
}
