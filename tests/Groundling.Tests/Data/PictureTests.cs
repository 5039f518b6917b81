using Groundling.Data;
using SkiaSharp;

namespace Groundling.Tests.Data;

public class PictureTests
{
    /// <summary>3 x 2: red, green, blue over black, grey, white.</summary>
    private static readonly byte[] Six = [255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 128, 128, 128, 255, 255, 255];

    [Fact]
    public void Png_round_trip_is_exact()
    {
        var read = Picture.Decode(new Picture(3, 2, Six).EncodePng(), "six.png");
        Assert.Equal((3, 2), (read.Width, read.Height));
        Assert.Equal(Six, read.Rgb);
        Assert.Empty(read.Notes);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Lossy_formats_come_close(SKEncodedImageFormat format)
    {
        var read = Picture.Decode(Encode(format, 40, 24, new SKColor(200, 80, 30)), "plain");
        Assert.Equal((40, 24), (read.Width, read.Height));
        Assert.InRange(read.Rgb[0], 196, 204);
        Assert.InRange(read.Rgb[1], 76, 84);
        Assert.InRange(read.Rgb[2], 26, 34);
    }

    [Fact]
    public void Sixteen_bits_are_reduced_and_noted()
    {
        byte[] row = [0x80, 0x00, 0xFF, 0xFF, 0x00, 0x00, 0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC];
        var read = Picture.Decode(PngFile.Make(2, 1, 16, PngFile.Rgb, [row]), "deep.png");
        Assert.Equal([0x80, 0xFF, 0x00, 0x12, 0x56], read.Rgb[..5]);
        Assert.Contains("16 bits a channel reduced to 8", read.Notes);
    }

    [Fact]
    public void Greyscale_fills_all_channels()
    {
        var read = Picture.Decode(
            PngFile.Make(
                3,
                1,
                8,
                PngFile.Grey,
                [
                    [0, 100, 255],
                ]
            ),
            "grey.png"
        );
        Assert.Equal([0, 0, 0, 100, 100, 100, 255, 255, 255], read.Rgb);
        Assert.Contains(read.Notes, n => n.StartsWith("greyscale", StringComparison.Ordinal));
    }

    [Fact]
    public void Palette_is_looked_up()
    {
        var read = Picture.Decode(
            PngFile.Make(
                2,
                1,
                8,
                PngFile.Palette,
                [
                    [1, 0],
                ],
                [10, 20, 30, 40, 50, 60]
            ),
            "palette.png"
        );
        Assert.Equal([40, 50, 60, 10, 20, 30], read.Rgb);
    }

    [Fact]
    public void Transparency_lies_on_white()
    {
        var read = Picture.Decode(
            PngFile.Make(
                3,
                1,
                8,
                PngFile.Rgba,
                [
                    [0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 51],
                ]
            ),
            "alpha.png"
        );
        Assert.Equal([255, 255, 255, 0, 0, 0, 204, 204, 204], read.Rgb);
        Assert.Contains("transparency laid on white", read.Notes);
    }

    [Fact]
    public void Alpha_without_transparency_needs_no_note()
    {
        var read = Picture.Decode(
            PngFile.Make(
                1,
                1,
                8,
                PngFile.Rgba,
                [
                    [7, 8, 9, 255],
                ]
            ),
            "alpha.png"
        );
        Assert.Equal([7, 8, 9], read.Rgb);
        Assert.Empty(read.Notes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Exif_orientation_stands_the_picture_upright(int orientation)
    {
        // Left half red, right half green on top; blue, white below: 64 x 32 as stored.
        var read = Picture.Decode(WithOrientation(Quarters(), orientation), "turned.jpg");
        Assert.Equal(orientation >= 5 ? (32, 64) : (64, 32), (read.Width, read.Height));
        // Where the stored top-left (red) and top-right (green) corners stand, by the EXIF definition.
        var (red, green) = orientation switch
        {
            1 => ("top left", "top right"),
            2 => ("top right", "top left"),
            3 => ("bottom right", "bottom left"),
            4 => ("bottom left", "bottom right"),
            5 => ("top left", "bottom left"),
            6 => ("top right", "bottom right"),
            7 => ("bottom right", "top right"),
            _ => ("bottom left", "top left"),
        };
        var at = Corner(read, red);
        Assert.True(at.R > 200 && at.G < 60, $"red is not {red}: {at}");
        at = Corner(read, green);
        Assert.True(at.R < 60 && at.G > 200, $"green is not {green}: {at}");
        Assert.Equal(orientation > 1, read.Notes.Any(n => n.Contains("EXIF", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1, "12 34 56")]
    [InlineData(2, "21 43 65")]
    [InlineData(3, "65 43 21")]
    [InlineData(4, "56 34 12")]
    [InlineData(5, "135 246")]
    [InlineData(6, "531 642")]
    [InlineData(7, "642 531")]
    [InlineData(8, "246 135")]
    public void A_png_stands_as_its_exif_says(int orientation, string upright)
    {
        // Two columns and three rows, 1 to 6 as stored; the words are the upright picture's rows, by the EXIF definition.
        byte[][] stored =
        [
            [1, 1, 1, 2, 2, 2],
            [3, 3, 3, 4, 4, 4],
            [5, 5, 5, 6, 6, 6],
        ];
        foreach (var (exif, last) in new[] { (Exif(orientation, little: true), false), (Exif(orientation, little: false), true) })
        {
            var read = Picture.Decode(PngFile.Make(2, 3, 8, PngFile.Rgb, stored, exif: exif, exifLast: last), "turned.png");
            var rows = Enumerable
                .Range(0, read.Height)
                .Select(y => string.Concat(Enumerable.Range(0, read.Width).Select(x => read.Rgb[3 * (y * read.Width + x)])));
            Assert.Equal(upright, string.Join(' ', rows));
            Assert.Equal(orientation > 1, read.Notes.Any(note => note.Contains("EXIF", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { (byte)'I', (byte)'I', 42, 0, 255, 255, 255, 255 })]
    [InlineData(new byte[] { (byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 200, 0, 0x12, 1 })]
    [InlineData(new byte[] { (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0 })]
    public void Exif_that_makes_no_sense_turns_nothing(byte[] exif) =>
        Assert.Empty(
            Picture
                .Decode(
                    PngFile.Make(
                        1,
                        1,
                        8,
                        PngFile.Rgb,
                        [
                            [1, 2, 3],
                        ],
                        exif: exif
                    ),
                    "odd.png"
                )
                .Notes
        );

    [Fact]
    public void A_webp_shorter_than_it_says_is_refused_though_its_pixels_are_there()
    {
        using var bitmap = new SKBitmap(8, 8);
        using var data = bitmap.Encode(SKEncodedImageFormat.Webp, 100);
        var bytes = data.ToArray();
        _ = Picture.Decode(bytes, "whole.webp");
        BitConverter.GetBytes(bytes.Length - 8 + 40).CopyTo(bytes, 4); // the note of the camera stood there
        Assert.Contains("cut short", Assert.Throws<InputException>(() => Picture.Decode(bytes, "cut.webp")).Message);
    }

    [Fact]
    public void What_begins_like_a_picture_is_one_whatever_its_name()
    {
        using var folder = new TemporaryFolder();
        Assert.True(
            Picture.IsPicture(
                folder.Write(
                    "a.tmp",
                    PngFile.Make(
                        1,
                        1,
                        8,
                        PngFile.Rgb,
                        [
                            [1, 2, 3],
                        ]
                    )
                )
            )
        );
        Assert.False(Picture.IsPicture(folder.Write("b.png", "Dear Sir")));
        Assert.False(Picture.IsPicture(folder.Write("c.png", "")));
        Assert.False(Picture.IsPicture(folder.File("none.png")));
    }

    private static byte[] Exif(int orientation, bool little)
    {
        byte[] Short(int value) => little ? [(byte)value, 0] : [0, (byte)value];
        byte[] Long(int value) => little ? [(byte)value, 0, 0, 0] : [0, 0, 0, (byte)value];
        byte[] Tag(byte high, byte low) => little ? [low, high] : [high, low];
        return
        [
            .. little ? "II"u8 : "MM"u8,
            .. Short(42),
            .. Long(8),
            .. Short(2),
            .. Tag(1, 0),
            .. Short(3),
            .. Long(1),
            .. Short(9),
            0,
            0, // another entry before it
            .. Tag(1, 0x12),
            .. Short(3),
            .. Long(1),
            .. Short(orientation),
            0,
            0,
            .. Long(0),
        ];
    }

    [Fact]
    public void Cmyk_is_converted_and_noted()
    {
        var read = Picture.Load(Fixture.Path("cmyk.jpg"));
        Assert.Contains("CMYK converted to RGB", read.Notes);
        int middle = 3 * (read.Height / 2 * read.Width + read.Width / 2);
        Assert.True(
            read.Rgb[middle] > 150 && read.Rgb[middle + 2] < 100,
            $"the fixture is orange, not {read.Rgb[middle]}, {read.Rgb[middle + 1]}, {read.Rgb[middle + 2]}"
        );
    }

    [Fact]
    public void Animation_gives_its_first_frame()
    {
        var read = Picture.Decode(TwoFrameGif(), "two.gif");
        Assert.Equal([255, 0, 0], read.Rgb[..3]);
        Assert.Contains("animated: first of 2 frames used", read.Notes);
    }

    [Fact]
    public void Huge_declared_size_is_refused_before_decoding()
    {
        var file = PngFile.Make(40_000, 40_000, 8, PngFile.Rgb, [new byte[30]]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Assert.Throws<InputException>(() => Picture.Decode(file, "bomb.png"));
        Assert.Contains("40000 x 40000", fault.Message, StringComparison.Ordinal);
        Assert.Contains("bomb.png", fault.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Zero_size_is_refused() =>
        Assert.Contains(
            "0 x 5",
            Refused(
                PngFile.Make(
                    0,
                    5,
                    8,
                    PngFile.Rgb,
                    [
                        [],
                    ]
                )
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Cut_files_are_refused_as_cut(SKEncodedImageFormat format)
    {
        var whole = Noise(format);
        foreach (double share in (double[])[0.3, 0.6, 0.95])
            Assert.Contains("cut short", Refused(whole[..(int)(share * whole.Length)]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_progressive_jpeg_is_refused_as_cut()
    {
        var whole = File.ReadAllBytes(Fixture.Path("progressive.jpg"));
        Assert.Equal((90, 60), (Picture.Decode(whole, "whole").Width, Picture.Decode(whole, "whole").Height));
        foreach (double share in (double[])[0.1, 0.5, 0.9])
            Assert.Contains("cut short", Refused(whole[..(int)(share * whole.Length)]), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_are_refused_by_name()
    {
        Assert.Contains("empty (0 bytes)", Refused([]), StringComparison.Ordinal);
        Assert.Contains("not a picture", Refused("just a letter"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("HEIC", Refused([0, 0, 0, 24, .. "ftypheic"u8, .. new byte[64]]), StringComparison.Ordinal);
        Assert.Contains("TIFF", Refused([0x49, 0x49, 0x2A, 0, .. new byte[64]]), StringComparison.Ordinal);
        Assert.Contains(
            "SVG",
            Refused("<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Missing_file_and_folder_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "does not exist",
            Assert.Throws<InputException>(() => Picture.Load(folder.File("none.png"))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains("is a folder", Assert.Throws<InputException>(() => Picture.Load(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<InputException>(() => Picture.Load("")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Garbage_never_crashes()
    {
        var random = new Random(5);
        var png = new Picture(3, 2, Six).EncodePng();
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = [.. png];
            for (int k = 0; k < 4; k++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Picture.Decode(bytes, "damaged.png");
            }
            catch (InputException fault)
            {
                Assert.DoesNotContain('\n', fault.Message);
            }
        }
    }

    private static string Refused(byte[] bytes) => Assert.Throws<InputException>(() => Picture.Decode(bytes, "file")).Message;

    private static (int R, int G, int B) Corner(Picture picture, string corner)
    {
        int x = corner.EndsWith("left", StringComparison.Ordinal) ? 4 : picture.Width - 5;
        int y = corner.StartsWith("top", StringComparison.Ordinal) ? 4 : picture.Height - 5;
        int at = 3 * (y * picture.Width + x);
        return (picture.Rgb[at], picture.Rgb[at + 1], picture.Rgb[at + 2]);
    }

    private static byte[] Encode(SKEncodedImageFormat format, int width, int height, SKColor colour)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(colour);
        using var data = bitmap.Encode(format, 95);
        return data.ToArray();
    }

    private static byte[] Noise(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(90, 70, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var random = new Random(1);
        for (int y = 0; y < 70; y++)
        for (int x = 0; x < 90; x++)
            bitmap.SetPixel(x, y, new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    internal static byte[] Quarters()
    {
        using var bitmap = new SKBitmap(64, 32);
        for (int y = 0; y < 32; y++)
        for (int x = 0; x < 64; x++)
            bitmap.SetPixel(x, y, y < 16 ? (x < 32 ? SKColors.Red : SKColors.Lime) : (x < 32 ? SKColors.Blue : SKColors.White));
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        return data.ToArray();
    }

    internal static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        // APP1: "Exif", a big-endian TIFF header, one directory entry: tag 0x0112, SHORT, 1 value.
        byte[] exif = [.. "Exif\0\0MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        return [0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    internal static byte[] TwoFrameGif()
    {
        // 1 x 1, colours red and blue; a frame of each. LZW: clear, index, end, three bits each.
        byte[] control = [0x21, 0xF9, 4, 0, 10, 0, 0, 0];
        byte[] image = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2];
        return
        [
            .. "GIF89a"u8,
            1,
            0,
            1,
            0,
            0x80,
            0,
            0,
            255,
            0,
            0,
            0,
            0,
            255,
            .. control,
            .. image,
            2,
            0x44,
            0x01,
            0,
            .. control,
            .. image,
            2,
            0x4C,
            0x01,
            0,
            0x3B,
        ];
    }
}
