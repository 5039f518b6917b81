using Groundling.Core;

namespace Groundling.Training;

/// <summary>
/// For each picture of a batch the phrases that its attention is asked about: its own, and the names of what it has and they do not name;
/// one of its own in a wrong colour, and as many as there are of what it has not: other pictures' phrases, then names.
/// </summary>
/// <param name="Phrases">
/// Which phrase, [B, N] row by row, as caption and place: after the B pictures' captions come the same with a wrong colour, then the names
/// as one caption. Anything where there are fewer than N.
/// </param>
/// <param name="Kinds">What each is.</param>
/// <param name="Length">N</param>
internal sealed record PhraseBags(IReadOnlyList<(int Caption, int Phrase)> Phrases, IReadOnlyList<PhraseBags.Kind> Kinds, int Length)
{
    /// <summary>What a phrase is to a picture.</summary>
    public enum Kind
    {
        /// <summary>Nothing: it only fills a row.</summary>
        Padding,

        /// <summary>It names what is there.</summary>
        There,

        /// <summary>It names what is not.</summary>
        Absent,
    }

    /// <param name="pictures">The pictures of the batch.</param>
    /// <param name="recoloured">The place of each picture's phrase that has a wrong colour in its second caption; null where none has.</param>
    /// <param name="names">The categories that each name stands for.</param>
    /// <param name="random">Where the search for absent phrases begins, for each picture.</param>
    /// <returns>Null where no picture has a phrase that is there and one that is not.</returns>
    public static PhraseBags? Of(
        IReadOnlyList<PictureTags> pictures,
        IReadOnlyList<int?> recoloured,
        IReadOnlyList<IReadOnlySet<int>> names,
        Func<int, ulong> random
    )
    {
        var all = pictures
            .SelectMany(
                (tags, picture) => tags.OfPhrases.Select((categories, phrase) => (Categories: categories, Place: (picture, phrase)))
            )
            .Where(one => one.Categories.Count > 0)
            .ToList();
        var named = names.Select((categories, place) => (Categories: categories, Place: (2 * pictures.Count, place))).ToList();
        var rows = pictures
            .Select(
                (tags, picture) =>
                {
                    var own = all.Where(one => one.Place.picture == picture).Select(one => one.Place).ToList();
                    var told = tags.OfPhrases.SelectMany(categories => categories).ToHashSet();
                    own.AddRange(
                        named
                            .Where(name => name.Categories.Overlaps(tags.Categories) && !name.Categories.Overlaps(told))
                            .Select(name => name.Place)
                    );
                    var absent = Rotation
                        .From(all, random(picture))
                        .Where(one => one.Place.picture != picture && !one.Categories.Overlaps(tags.Categories))
                        .Select(one => one.Place)
                        .Concat(
                            Rotation
                                .From(named, random(picture))
                                .Where(name => !name.Categories.Overlaps(tags.Categories))
                                .Select(name => name.Place)
                        )
                        .Take(Math.Max(own.Count, Fewest))
                        .ToList();
                    if (recoloured[picture] is { } phrase)
                        absent.Add((pictures.Count + picture, phrase));
                    return (Own: own, Absent: absent);
                }
            )
            .ToList();
        if (!rows.Any(row => row.Own.Count > 0) || !rows.Any(row => row.Absent.Count > 0))
            return null;
        var length = rows.Max(row => row.Own.Count + row.Absent.Count);
        return new(
            [.. rows.SelectMany(row => Filled([.. row.Own, .. row.Absent], length, (0, 0)))],
            [
                .. rows.SelectMany(row =>
                    Filled(
                        [.. Enumerable.Repeat(Kind.There, row.Own.Count), .. Enumerable.Repeat(Kind.Absent, row.Absent.Count)],
                        length,
                        Kind.Padding
                    )
                ),
            ],
            length
        );
    }

    private const int Fewest = 2; // absent phrases of a picture with few of its own

    private static IEnumerable<T> Filled<T>(List<T> items, int length, T filler) =>
        items.Concat(Enumerable.Repeat(filler, length - items.Count));
}
