using Groundling.Data;

namespace Groundling.Tests.Data;

public class LetterboxTests
{
    [Theory]
    [InlineData(640, 480, 512, 512, 384, 512, 384)]
    [InlineData(480, 640, 512, 384, 512, 384, 512)]
    [InlineData(500, 333, 512, 512, 341, 512, 384)]
    [InlineData(1, 5000, 640, 1, 640, 64, 640)]
    [InlineData(5000, 1, 640, 640, 1, 640, 64)]
    [InlineData(100, 70, 0, 100, 70, 128, 128)]
    [InlineData(32, 32, 256, 256, 256, 256, 256)]
    [InlineData(1, 1, 100, 100, 100, 128, 128)]
    public void Fit_keeps_the_aspect_and_pads_to_64(int w, int h, int size, int contentW, int contentH, int width, int height) =>
        Assert.Equal(new Letterbox(w, h, contentW, contentH, width, height), Letterbox.Fit(w, h, size));

    [Fact]
    public void Unresized_values_are_exact_and_padding_is_grey()
    {
        var picture = Ramp(70, 50);
        var box = Letterbox.Fit(70, 50, 0);
        var input = box.ToNetwork(picture);
        Assert.Equal(3 * 128 * 64, input.Length);
        for (int c = 0; c < 3; c++)
        for (int y = 0; y < 64; y++)
        for (int x = 0; x < 128; x++)
        {
            float expected = x < 70 && y < 50 ? picture.Rgb[3 * (y * 70 + x) + c] / 127.5f - 1f : 0f;
            Assert.Equal(expected, input[(c * 64 + y) * 128 + x]);
        }
    }

    [Fact]
    public void Same_size_request_is_exact_as_well()
    {
        var picture = Ramp(64, 40);
        Assert.Equal(Letterbox.Fit(64, 40, 0).ToNetwork(picture), Letterbox.Fit(64, 40, 64).ToNetwork(picture));
    }

    [Fact]
    public void Halving_weighs_neighbours_as_a_triangle()
    {
        // One row 0 0 0 0 200 0 0 0 ... shrunk by 2: the triangle reaches two pixels to either side of each centre: weights 1 3 3 1 over 8.
        var rgb = new byte[3 * 128 * 2];
        for (int y = 0; y < 2; y++)
            rgb[3 * (y * 128 + 60)] = 200;
        var box = Letterbox.Fit(128, 2, 64);
        var input = box.ToNetwork(new Picture(128, 2, rgb));
        Assert.Equal((64, 1), (box.ContentWidth, box.ContentHeight));
        float[] near = [200 / 8f, 200 * 3 / 8f, 0]; // outputs 29, 30, 31: centres 59, 61, 63
        for (int i = 0; i < 3; i++)
            Assert.Equal(near[i] / 127.5f - 1f, input[29 + i], 1e-5f);
    }

    [Fact]
    public void Resizing_agrees_with_the_plain_two_dimensional_sum()
    {
        const int w = 37,
            h = 91;
        var picture = Noise(w, h);
        foreach (int size in (int[])[40, 64, 91, 150])
        {
            var box = Letterbox.Fit(w, h, size);
            var input = box.ToNetwork(picture);
            for (int y = 0; y < box.ContentHeight; y += 3)
            for (int x = 0; x < box.ContentWidth; x += 2)
                Assert.Equal(Naive(picture, box, x, y, 1) / 127.5 - 1, input[(box.Height + y) * box.Width + x], 1e-5);
        }
    }

    [Fact]
    public void A_plain_picture_stays_plain_at_any_shape()
    {
        foreach (var (w, h) in ((int, int)[])[(1, 5000), (5000, 1), (3, 7), (799, 601)])
        {
            var picture = new Picture(w, h, [.. Enumerable.Repeat((byte)77, 3 * w * h)]);
            var box = Letterbox.Fit(w, h, 192);
            var input = box.ToNetwork(picture);
            for (int y = 0; y < box.ContentHeight; y++)
            for (int x = 0; x < box.ContentWidth; x++)
                Assert.Equal(77 / 127.5f - 1, input[y * box.Width + x], 1e-5f);
        }
    }

    [Fact]
    public void A_picture_of_another_size_is_refused() =>
        Assert.Throws<ArgumentException>(() => Letterbox.Fit(10, 10, 64).ToNetwork(Ramp(10, 11)));

    private static double Naive(Picture picture, Letterbox box, int x, int y, int channel)
    {
        double scaleX = (double)box.SourceWidth / box.ContentWidth,
            scaleY = (double)box.SourceHeight / box.ContentHeight;
        double sum = 0,
            weights = 0;
        for (int v = 0; v < picture.Height; v++)
        for (int u = 0; u < picture.Width; u++)
        {
            double weight = Triangle(u, x, scaleX) * Triangle(v, y, scaleY);
            sum += weight * picture.Rgb[3 * (v * picture.Width + u) + channel];
            weights += weight;
        }
        return sum / weights;
    }

    private static double Triangle(int source, int target, double scale) =>
        Math.Max(0, 1 - Math.Abs(source + 0.5 - (target + 0.5) * scale) / Math.Max(scale, 1));

    private static Picture Ramp(int w, int h) => new(w, h, [.. Enumerable.Range(0, 3 * w * h).Select(i => (byte)(i * 7))]);

    private static Picture Noise(int w, int h)
    {
        var rgb = new byte[3 * w * h];
        new Random(3).NextBytes(rgb);
        return new Picture(w, h, rgb);
    }
}
