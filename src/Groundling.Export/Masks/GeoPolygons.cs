using System.Drawing;
using System.Text.Json;
using Groundling.Core;

namespace Groundling.Export.Masks;

/// <summary>
/// NAME.geojson for each picture: a feature a phrase, a MultiPolygon with its holes as GeoJSON has them (RFC 7946, 3.1.7).
/// </summary>
/// <remarks>
/// Coordinates are pixels, x to the right and y down from the picture's upper left corner. Rings close with their first corner; outer ones
/// run counter-clockwise by the sign of their area, holes the other way (3.1.6).
/// </remarks>
internal sealed class GeoPolygons(string folder) : IExportFormat
{
    public string Result => folder;

    public void Add(SortedPicture picture)
    {
        var features = new GeoCollection(
            "FeatureCollection",
            [
                .. picture
                    .EachPhrase()
                    .Select(phrase => new GeoFeature(
                        "Feature",
                        new("MultiPolygon", [.. phrase.Mask.ToPolygons().Select(Rings)]),
                        new(phrase.Category.Name, phrase.Span.Text, phrase.Span.Start, phrase.Span.End, phrase.Score)
                    )),
            ]
        );
        FolderWriter.Write(
            folder,
            [($"{picture.Picture.Name}.geojson", JsonSerializer.SerializeToUtf8Bytes(features, ExportJsonContext.Plain.GeoCollection))]
        );
    }

    public void Finish(IReadOnlyList<Category> categories) { }

    public void Dispose() { }

    private static int[][][] Rings(MaskPolygon piece) => [.. piece.Holes.Prepend(piece.Outer).Select(Closed)];

    private static int[][] Closed(IReadOnlyList<Point> ring) => [.. ring.Append(ring[0]).Select(corner => new[] { corner.X, corner.Y })];
}

internal sealed record GeoCollection(string Type, IReadOnlyList<GeoFeature> Features);

internal sealed record GeoFeature(string Type, GeoShape Geometry, GeoProperties Properties);

internal sealed record GeoShape(string Type, int[][][][] Coordinates);

internal sealed record GeoProperties(string Name, string Phrase, int Start, int End, double Score);
