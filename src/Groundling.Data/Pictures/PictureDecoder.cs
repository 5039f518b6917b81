using Groundling.Core;
using SkiaSharp;

namespace Groundling.Data;

/// <summary>Turns a picture file into upright 8-bit RGB, or says in one line why not.</summary>
internal static class PictureDecoder
{
    private const int MaxBytes = 1 << 29,
        Block = 1 << 16;
    private const string OnWhite = "transparency laid on white";

    public static byte[] ReadFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Directory.Exists(path))
            throw new InputException($"{path} is a folder, not a picture; name one picture file.");
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return ReadAll(file, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; check the picture's path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path} cannot be read: {FileFault.ReasonOf(e)}", e);
        }
    }

    /// <summary>The rest of a stream, as far as a picture file may be long.</summary>
    /// <exception cref="InputException">It is longer.</exception>
    /// <exception cref="IOException">The stream's own.</exception>
    public static byte[] ReadAll(Stream stream, string name)
    {
        using var bytes = new MemoryStream(Capacity(stream));
        var block = new byte[Block];
        for (int read; (read = stream.Read(block)) > 0; )
            Append(bytes, block.AsSpan(0, read), name);
        return bytes.ToArray();
    }

    /// <inheritdoc cref="ReadAll"/>
    public static async Task<byte[]> ReadAllAsync(Stream stream, string name, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream(Capacity(stream));
        var block = new byte[Block];
        for (int read; (read = await stream.ReadAsync(block, cancellation).ConfigureAwait(false)) > 0; )
            Append(bytes, block.AsSpan(0, read), name);
        return bytes.ToArray();
    }

    private static int Capacity(Stream stream) => stream.CanSeek ? (int)Math.Clamp(stream.Length - stream.Position, 256, MaxBytes) : Block;

    private static void Append(MemoryStream bytes, ReadOnlySpan<byte> read, string name)
    {
        bytes.Write(read);
        if (bytes.Length > MaxBytes)
            throw new InputException($"{name} is larger than {MaxBytes >> 20} MiB; give a smaller picture file.");
    }

    public static Picture Decode(
        ReadOnlySpan<byte> bytes,
        string name,
        long mostPixels = Picture.MaxPixels,
        CancellationToken cancellation = default
    )
    {
        int frames = AnimationFrames.Count(bytes);
        return Decode(bytes, name, (codec, header, pixels) => ToPicture(codec, header, pixels, frames), mostPixels, cancellation);
    }

    /// <summary>A bitmap's pixels on white.</summary>
    /// <exception cref="InputException">It has no pixels, or too many, or they cannot be read.</exception>
    public static unsafe Picture FromBitmap(SKBitmap bitmap)
    {
        const string name = "the bitmap";
        RequireSize(bitmap.Width, bitmap.Height, name, Picture.MaxPixels);
        var info = new SKImageInfo(
            bitmap.Width,
            bitmap.Height,
            SKColorType.Rgba8888,
            bitmap.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul
        );
        using var memory = new PixelMemory(info.BytesSize64);
        using var pixmap = bitmap.PeekPixels();
        if (pixmap is null || !pixmap.ReadPixels(info, (nint)memory.Bytes, info.RowBytes))
            throw new InputException(
                $"{name} of {bitmap.Width} x {bitmap.Height} pixels ({bitmap.ColorType}) cannot be read; give one whose pixels are in memory."
            );
        var rgb = new byte[3L * info.Width * info.Height];
        bool transparent = Upright(memory.Bytes, info.Width, info.Height, SKEncodedOrigin.TopLeft, info.IsOpaque, rgb);
        return new(info.Width, info.Height, rgb, transparent ? [OnWhite] : []);
    }

    /// <summary>A panoptic PNG's ids, R + 256 G + 65536 B; colours are taken as they stand, neither turned nor laid on white.</summary>
    public static unsafe (int[] Ids, int Width, int Height) DecodeIds(ReadOnlySpan<byte> bytes, string name) =>
        Decode(
            bytes,
            name,
            (codec, header, pixels) =>
            {
                if (!header.HoldsIds)
                    throw new InputException(
                        $"{name} is {header.Describe()}, but a panoptic PNG holds its segment ids as colours of 8-bit RGB: id = R + 256 G + 65536 B; convert it."
                    );
                var ids = new int[codec.Info.Width * codec.Info.Height];
                var colours = new ReadOnlySpan<int>((void*)pixels, ids.Length);
                for (int i = 0; i < ids.Length; i++)
                    ids[i] = colours[i] & 0xFFFFFF;
                return (ids, codec.Info.Width, codec.Info.Height);
            }
        );

    private static unsafe T Decode<T>(
        ReadOnlySpan<byte> bytes,
        string name,
        Func<SKCodec, PictureHeader, nint, T> convert,
        long mostPixels = Picture.MaxPixels,
        CancellationToken cancellation = default
    )
    {
        cancellation.ThrowIfCancellationRequested();
        if (bytes.IsEmpty)
            throw new InputException($"{name} is empty (0 bytes); give a PNG, JPEG, WebP, GIF or BMP picture.");
        var header = PictureHeader.Read(bytes);
        if (header is { Width: { } w, Height: { } h })
            RequireSize(w, h, name, mostPixels);

        fixed (byte* file = bytes)
        {
            using var data = cancellation.CanBeCanceled ? null : SKData.CreateCopy(bytes);
            using SKStream stream = data is null ? new StoppableBytes(file, bytes.Length, cancellation) : new SKMemoryStream(data);
            return Decode(bytes, name, convert, mostPixels, header, stream, cancellation);
        }
    }

    private static unsafe T Decode<T>(
        ReadOnlySpan<byte> bytes,
        string name,
        Func<SKCodec, PictureHeader, nint, T> convert,
        long mostPixels,
        PictureHeader header,
        SKStream stream,
        CancellationToken cancellation
    )
    {
        using var codec = SKCodec.Create(stream, out var opened);
        cancellation.ThrowIfCancellationRequested();
        if (codec is null)
            throw Refusal(opened, header, bytes, name);
        RequireSize(codec.Info.Width, codec.Info.Height, name, mostPixels);
        var info = new SKImageInfo(
            codec.Info.Width,
            codec.Info.Height,
            SKColorType.Rgba8888,
            IsOpaque(codec) ? SKAlphaType.Opaque : SKAlphaType.Unpremul
        );
        using var memory = new PixelMemory(info.BytesSize64);
        var pixels = (nint)memory.Bytes;
        var result = codec.GetPixels(info, pixels, info.RowBytes, new SKCodecOptions(SKZeroInitialized.Yes));
        cancellation.ThrowIfCancellationRequested();
        return result == SKCodecResult.Success && !PictureHeader.LacksItsEnd(bytes)
            ? convert(codec, header, pixels)
            : throw Refusal(result, header, bytes, name);
    }

    private static bool IsOpaque(SKCodec codec) => codec.Info.AlphaType == SKAlphaType.Opaque;

    private static unsafe Picture ToPicture(SKCodec codec, PictureHeader header, nint pixels, int frames)
    {
        int width = codec.Info.Width,
            height = codec.Info.Height;
        var origin = header.Format == "PNG" ? header.Origin : codec.EncodedOrigin;
        bool turned = (int)origin >= (int)SKEncodedOrigin.LeftTop;
        var rgb = new byte[3L * width * height];
        bool transparent = Upright((byte*)pixels, width, height, origin, IsOpaque(codec), rgb);

        var notes = new List<string>();
        if (frames > 1)
            notes.Add($"animated: first of {frames} frames used");
        if (header.Bits > 8)
            notes.Add($"{header.Bits} bits a channel reduced to 8");
        if (header.Components == 4)
            notes.Add("CMYK converted to RGB");
        if (header.Components == 1)
            notes.Add("greyscale: the one channel used for red, green and blue");
        if (transparent)
            notes.Add(OnWhite);
        if (origin is not SKEncodedOrigin.Default)
            notes.Add("turned upright as the camera noted (EXIF orientation)");
        return turned ? new Picture(height, width, rgb, notes) : new Picture(width, height, rgb, notes);
    }

    /// <summary>Copies RGBA to RGB on white in the order that stands the picture upright; true where anything showed through.</summary>
    private static unsafe bool Upright(byte* rgba, int width, int height, SKEncodedOrigin origin, bool opaque, byte[] rgb)
    {
        // The file's pixel (x, y) goes to first + x * right + y * down, in pixels of the upright picture.
        long w = width,
            h = height;
        var (first, right, down) = origin switch
        {
            SKEncodedOrigin.TopRight => (w - 1, -1L, w),
            SKEncodedOrigin.BottomRight => (w * h - 1, -1L, -w),
            SKEncodedOrigin.BottomLeft => ((h - 1) * w, 1L, -w),
            SKEncodedOrigin.LeftTop => (0L, h, 1L),
            SKEncodedOrigin.RightTop => (h - 1, h, -1L),
            SKEncodedOrigin.RightBottom => (w * h - 1, -h, -1L),
            SKEncodedOrigin.LeftBottom => ((w - 1) * h, -h, 1L),
            _ => (0L, 1L, w),
        };
        bool transparent = false;
        fixed (byte* target = rgb)
        {
            for (long y = 0; y < h; y++)
            {
                byte* from = rgba + 4 * y * w;
                byte* to = target + 3 * (first + y * down);
                for (long x = 0; x < w; x++, from += 4, to += 3 * right)
                {
                    int alpha = from[3];
                    if (opaque || alpha == 255)
                    {
                        (to[0], to[1], to[2]) = (from[0], from[1], from[2]);
                        continue;
                    }
                    transparent = true;
                    int white = 255 * (255 - alpha) + 127;
                    to[0] = (byte)((from[0] * alpha + white) / 255);
                    to[1] = (byte)((from[1] * alpha + white) / 255);
                    to[2] = (byte)((from[2] * alpha + white) / 255);
                }
            }
        }
        return transparent;
    }

    private static void RequireSize(long width, long height, string name, long mostPixels)
    {
        if (width < 1 || height < 1)
            throw new InputException($"{name} declares {width} x {height} pixels; a picture needs at least 1 x 1.");
        if (width > mostPixels / height)
            throw new InputException(
                $"{name} declares {width} x {height} pixels, more than the {mostPixels / 1_000_000} million allowed; scale it down first."
            );
    }

    private static InputException Refusal(SKCodecResult result, PictureHeader header, ReadOnlySpan<byte> bytes, string name) =>
        (result, header) switch
        {
            (_, { Format: null }) => new($"{name} is not a picture; give a PNG, JPEG, WebP, GIF or BMP file."),
            (_, { IsReadable: false }) => new($"{name} is a {header.Format} file, which is not read here; convert it to PNG or JPEG."),
            _ when result == SKCodecResult.IncompleteInput || PictureHeader.IsCut(bytes) => new(
                $"{name} is cut short: the {header.Format} data ends before the picture does; get the whole file."
            ),
            _ => new($"{name} begins like a {header.Format} file but is damaged or of a kind not read here; save it again as PNG or JPEG."),
        };
}
