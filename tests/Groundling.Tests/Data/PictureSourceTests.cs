using SkiaSharp;

namespace Groundling.Tests.Data;

/// <summary>Pictures from streams, memory and bitmaps.</summary>
public class PictureSourceTests
{
    private static readonly Picture Six = new(3, 2, [1, 2, 3, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180]);

    [Fact]
    public async Task A_stream_is_read_from_where_it_stands()
    {
        byte[] file = [9, 9, .. Six.EncodePng()];
        using var stream = new MemoryStream(file) { Position = 2 };
        Assert.Equal(Six.Rgb, Picture.Load(stream).Rgb);
        stream.Position = 2;
        Assert.Equal(Six.Rgb, (await Picture.LoadAsync(stream)).Rgb);
        Assert.Equal(Six.Rgb, Picture.Decode(((ReadOnlyMemory<byte>)file)[2..].Span).Rgb);
    }

    [Fact]
    public async Task A_stream_that_is_no_picture_says_so_by_its_name()
    {
        using var stream = new MemoryStream([1, 2, 3]);
        Assert.StartsWith("upload 7 is not a picture", Assert.Throws<InputException>(() => Picture.Load(stream, "upload 7")).Message);
        Assert.StartsWith("the picture is empty", (await Assert.ThrowsAsync<InputException>(() => Picture.LoadAsync(stream))).Message);
    }

    [Fact]
    public async Task Reading_can_be_cancelled()
    {
        using var stream = new MemoryStream(Six.EncodePng());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Picture.LoadAsync(stream, cancellation: new(canceled: true)));
    }

    [Theory]
    [InlineData(SKColorType.Rgba8888)]
    [InlineData(SKColorType.Bgra8888)]
    [InlineData(SKColorType.RgbaF16)]
    public void A_bitmap_of_any_type_is_its_colours(SKColorType type)
    {
        using var drawn = Six.ToBitmap();
        using var bitmap = drawn.Copy(type);
        var read = Picture.FromBitmap(bitmap);
        Assert.Equal((3, 2), (read.Width, read.Height));
        Assert.Equal(Six.Rgb, read.Rgb);
        Assert.Empty(read.Notes);
    }

    [Fact]
    public void A_transparent_bitmap_is_laid_on_white()
    {
        using var bitmap = new SKBitmap(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        bitmap.SetPixel(0, 0, new(0, 0, 0, 0));
        bitmap.SetPixel(1, 0, new(10, 20, 30, 255));
        var read = Picture.FromBitmap(bitmap);
        Assert.Equal([255, 255, 255, 10, 20, 30], read.Rgb);
        Assert.Equal(["transparency laid on white"], read.Notes);
    }

    [Fact]
    public void A_bitmap_without_pixels_is_refused()
    {
        using var bitmap = new SKBitmap();
        Assert.Contains("0 x 0", Assert.Throws<InputException>(() => Picture.FromBitmap(bitmap)).Message);
    }
}
