using Groundling.Export;
using Groundling.Tests.Data;

namespace Groundling.Tests.Export;

/// <summary>A picture that is not square, with masks that formats get wrong: holes, islands in holes, pieces, corners that touch.</summary>
internal static class ExportCase
{
    public const int Width = 13,
        Height = 9;

    /// <summary>Phrases with their rows of pixels, # inside; two of them overlap, and one is nowhere.</summary>
    public static IReadOnlyList<(string Text, bool? Plural, double Score, string Rows)> Phrases { get; } =
    [
        (
            "a ring with an island",
            null,
            0.8,
            """
            .............
            .#########...
            .#.......#...
            .#.###...#...
            .#.#.#...#...
            .#.###...#...
            .#.......#...
            .#########...
            .............
            """
        ),
        (
            "two red traffic lights",
            true,
            0.9,
            """
            ##..........#
            ##..........#
            .............
            .....#.......
            ....#.#......
            .....#.......
            .............
            #............
            ##..........#
            """
        ),
        (
            "the sky",
            false,
            0.7,
            """
            #############
            #############
            #############
            .............
            .............
            .............
            .............
            .............
            .............
            """
        ),
        (
            "some clouds",
            true,
            0.6,
            """
            ......#......
            .............
            ...#.........
            ...#.........
            ...#.........
            .............
            ............#
            ............#
            ............#
            """
        ),
        (
            "a bird",
            false,
            0.5,
            """
            .............
            .............
            .............
            .............
            .............
            .............
            .............
            .............
            .............
            """
        ),
    ];

    public static string Caption { get; } = string.Join(", ", Phrases.Select(phrase => phrase.Text));

    /// <summary>The phrases as they are grounded, in the caption's order.</summary>
    public static IReadOnlyList<GroundedPhrase> Grounded { get; } =
    [
        .. Phrases.Select(phrase => new GroundedPhrase(
            new(Caption.IndexOf(phrase.Text, StringComparison.Ordinal), phrase.Text.Length, phrase.Text) { Plural = phrase.Plural },
            phrase.Score,
            Mask(phrase.Rows)
        )),
    ];

    /// <summary>What of them is anywhere.</summary>
    public static IReadOnlyList<GroundedPhrase> Found { get; } = [.. Grounded.Where(phrase => phrase.Mask.Area > 0)];

    public static RunLengthMask Mask(string rows) =>
        RunLengthMask.FromBytes([.. rows.Where(pixel => pixel is '#' or '.').Select(pixel => (byte)(pixel == '#' ? 1 : 0))], Width, Height);

    /// <summary>The picture exported in one format, twice under two names.</summary>
    /// <returns>The format's folder.</returns>
    public static string Export(TemporaryFolder folder, string format, ExportOptions? options = null)
    {
        var picture = new Picture(Width, Height, new byte[3 * Width * Height]);
        var grounding = new Grounding(picture, new(Caption, [.. Grounded.Select(phrase => phrase.Span)]), Grounded);
        var source = folder.Write("source.png", picture.EncodePng());
        using (var exporter = new Exporter(folder.File("out"), [format], options))
        {
            foreach (var name in new[] { "a", "b" })
                exporter.Add(new($"deep/{name} & c.png", GroundingDocument.From(grounding)) { Name = name, Path = source });
            exporter.Finish();
        }
        Assert.Empty(Directory.GetFiles(folder.Path, ".groundling*", SearchOption.AllDirectories));
        return folder.File($"out/{format}");
    }
}
