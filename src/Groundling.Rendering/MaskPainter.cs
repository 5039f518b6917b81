using System.Runtime.CompilerServices;
using Groundling.Data;
using SkiaSharp;

namespace Groundling.Rendering;

/// <summary>Lays masks over the shown picture: a translucent fill of all first, then a crisp outline and a number for each.</summary>
/// <remarks>
/// What visits every pixel is optimised at its first call: a process that draws one figure ends before the runtime would think of it.
/// </remarks>
internal sealed class MaskPainter(DisplayFrame frame, FigureStyle style)
{
    private const MethodImplOptions AtOnce = MethodImplOptions.AggressiveOptimization;
    private const int Unit = 3; // chamfer distance: 3 straight, 4 diagonal
    private readonly double _fillOpacity = style == FigureStyle.Tint ? 0.38 : 0.12;
    private readonly float _line = frame.Line * (style == FigureStyle.Tint ? 1 : 1.5f);
    private readonly byte[] _inside = new byte[frame.SourceWidth * frame.SourceHeight];
    private readonly byte[] _coverage = new byte[frame.Width * frame.Height];
    private readonly byte[] _tint = new byte[4 * frame.Width * frame.Height]; // mean colour of the masks here, and the largest coverage
    private readonly byte[] _layers = new byte[frame.Width * frame.Height];
    private readonly int[] _distance = new int[frame.Width * frame.Height];

    /// <summary>Adds the mask to the tint: where masks overlap, their colours mix and the picture shows through as before.</summary>
    /// <param name="mask">The mask at the picture's size.</param>
    /// <param name="colour">The phrase's colour.</param>
    [MethodImpl(AtOnce)]
    public void Tint(RunLengthMask mask, Colour colour)
    {
        var (left, top, right, bottom) = Cover(mask);
        for (int y = top; y < bottom; y++)
        for (int i = y * frame.Width + left, end = y * frame.Width + right; i < end; i++)
        {
            if (_coverage[i] == 0)
                continue;
            if (_layers[i] < byte.MaxValue)
                _layers[i]++;
            Blend(_tint.AsSpan(4 * i, 3), colour, 1.0 / _layers[i]);
            _tint[4 * i + 3] = Math.Max(_tint[4 * i + 3], _coverage[i]);
        }
    }

    /// <summary>Lays the tint over the picture.</summary>
    /// <param name="canvas">[Height, Width, 4] RGBA of the shown picture.</param>
    [MethodImpl(AtOnce)]
    public void Fill(Span<byte> canvas)
    {
        for (int i = 0; i < _layers.Length; i++)
            if (_layers[i] > 0)
                Blend(
                    canvas.Slice(4 * i, 3),
                    new Colour(_tint[4 * i], _tint[4 * i + 1], _tint[4 * i + 2]),
                    _fillOpacity * _tint[4 * i + 3] / 255
                );
    }

    /// <summary>Draws the mask's rim from inside.</summary>
    /// <param name="canvas">[Height, Width, 4] RGBA of the shown picture.</param>
    /// <param name="mask">The mask at the picture's size.</param>
    /// <param name="colour">The phrase's colour.</param>
    [MethodImpl(AtOnce)]
    public void Outline(Span<byte> canvas, RunLengthMask mask, Colour colour)
    {
        var area = Cover(mask);
        Measure(area);
        var (left, top, right, bottom) = area;
        for (int y = top; y < bottom; y++)
        for (int i = y * frame.Width + left, end = y * frame.Width + right; i < end; i++)
        {
            double rim = _distance[i] == 0 ? 0 : Math.Min(_line - ((double)_distance[i] / Unit - 1), 1);
            if (rim > 0)
                Blend(canvas.Slice(4 * i, 3), colour, rim * _coverage[i] / 255);
        }
    }

    /// <summary>Finds a place for the mask's number: the deepest pixel inside that is clear of the other numbers.</summary>
    /// <param name="mask">The mask at the picture's size.</param>
    /// <param name="taken">The centres of the numbers placed before.</param>
    /// <param name="half">Half a number's width and height.</param>
    /// <returns>The number's centre; null when there is no room.</returns>
    [MethodImpl(AtOnce)]
    public SKPoint? PlaceNumber(RunLengthMask mask, IReadOnlyList<SKPoint> taken, SKPoint half)
    {
        var area = Cover(mask);
        Measure(area);
        var (left, top, right, bottom) = area;
        int deepest = 0;
        SKPoint? place = null;
        for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
        {
            int depth = _distance[y * frame.Width + x];
            if (depth <= deepest || !IsFree(x, y, taken, half))
                continue;
            deepest = depth;
            place = new SKPoint(x + 0.5f, y + 0.5f);
        }
        return place;
    }

    /// <summary>The mask at the shown size, 0 to 255, in the returned area; sampled linearly unless source pixels are to be seen.</summary>
    [MethodImpl(AtOnce)]
    private Area Cover(RunLengthMask mask)
    {
        if (mask.Area == 0)
            return default;
        mask.CopyTo(_inside);
        var box = mask.Box;
        var area = new Area(
            Math.Max(0, (int)((box.X - 1) * frame.ScaleX)),
            Math.Max(0, (int)((box.Y - 1) * frame.ScaleY)),
            Math.Min(frame.Width, (int)Math.Ceiling((box.X + box.Width + 1) * frame.ScaleX)),
            Math.Min(frame.Height, (int)Math.Ceiling((box.Y + box.Height + 1) * frame.ScaleY))
        );
        var columns = Samples(area.Left, area.Right, frame.ScaleX, mask.Width);
        var rows = Samples(area.Top, area.Bottom, frame.ScaleY, mask.Height);
        float sharpness = (float)Math.Max(1, Math.Min(frame.ScaleX, frame.ScaleY));
        for (int y = 0; y < rows.Length; y++)
        {
            var row = rows[y];
            var above = _inside.AsSpan(row.First * mask.Width, mask.Width);
            var below = _inside.AsSpan(row.Second * mask.Width, mask.Width);
            var covered = _coverage.AsSpan((area.Top + y) * frame.Width + area.Left, columns.Length);
            for (int x = 0; x < columns.Length; x++)
            {
                var column = columns[x];
                float value =
                    (above[column.First] * (1 - column.Weight) + above[column.Second] * column.Weight) * (1 - row.Weight)
                    + (below[column.First] * (1 - column.Weight) + below[column.Second] * column.Weight) * row.Weight;
                covered[x] = (byte)(255 * Math.Clamp((value - 0.5f) * sharpness + 0.5f, 0, 1) + 0.5f);
            }
        }
        return area;
    }

    private Sample[] Samples(int from, int to, double scale, int source)
    {
        var samples = new Sample[to - from];
        for (int i = 0; i < samples.Length; i++)
        {
            double centre = (from + i + 0.5) / scale;
            if (frame.IsBlocky || scale == 1)
            {
                int nearest = Math.Clamp((int)centre, 0, source - 1);
                samples[i] = new(nearest, nearest, 0);
                continue;
            }
            double at = Math.Clamp(centre - 0.5, 0, source - 1);
            int first = (int)at;
            samples[i] = new(first, Math.Min(first + 1, source - 1), (float)(at - first));
        }
        return samples;
    }

    /// <summary>How deep each covered pixel lies, in units; outside the area counts as outside the mask.</summary>
    [MethodImpl(AtOnce)]
    private void Measure(Area area)
    {
        var (left, top, right, bottom) = area;
        int width = frame.Width;
        for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
        {
            int i = y * width + x;
            if (_coverage[i] < 128)
            {
                _distance[i] = 0;
                continue;
            }
            var (hasLeft, hasRight, hasAbove) = (x > left, x < right - 1, y > top);
            int near = Math.Min(hasLeft ? _distance[i - 1] : 0, hasAbove ? _distance[i - width] : 0) + 3;
            int aslant = Math.Min(hasLeft && hasAbove ? _distance[i - width - 1] : 0, hasRight && hasAbove ? _distance[i - width + 1] : 0);
            _distance[i] = Math.Min(near, aslant + 4);
        }
        for (int y = bottom - 1; y >= top; y--)
        for (int x = right - 1; x >= left; x--)
        {
            int i = y * width + x;
            if (_distance[i] == 0)
                continue;
            var (hasLeft, hasRight, hasBelow) = (x > left, x < right - 1, y < bottom - 1);
            int near = Math.Min(hasRight ? _distance[i + 1] : 0, hasBelow ? _distance[i + width] : 0) + 3;
            int aslant = Math.Min(hasRight && hasBelow ? _distance[i + width + 1] : 0, hasLeft && hasBelow ? _distance[i + width - 1] : 0);
            _distance[i] = Math.Min(_distance[i], Math.Min(near, aslant + 4));
        }
    }

    private static bool IsFree(int x, int y, IReadOnlyList<SKPoint> taken, SKPoint half)
    {
        foreach (var other in taken)
            if (Math.Abs(other.X - x) < 2.15f * half.X && Math.Abs(other.Y - y) < 2.15f * half.Y)
                return false;
        return true;
    }

    private static void Blend(Span<byte> pixel, Colour colour, double opacity)
    {
        pixel[0] = (byte)(pixel[0] + (colour.R - pixel[0]) * opacity + 0.5);
        pixel[1] = (byte)(pixel[1] + (colour.G - pixel[1]) * opacity + 0.5);
        pixel[2] = (byte)(pixel[2] + (colour.B - pixel[2]) * opacity + 0.5);
    }

    private readonly record struct Area(int Left, int Top, int Right, int Bottom);

    /// <summary>Two source pixels, and how much of the second is taken.</summary>
    private readonly record struct Sample(int First, int Second, float Weight);
}
