namespace Groundling.Web.Browsing;

/// <summary>The pictures that a question asks for, in its order.</summary>
internal sealed class PictureList
{
    private readonly Dictionary<string, int> _places = [];

    public PictureList(BrowsedState state, PictureQuery query)
    {
        var selection = new PhraseSelection(state, query);
        Rows = Sorted(state.Catalogue.Pictures.Select(selection.Row).OfType<PictureRow>(), query.Order);
        Phrases = Rows.Sum(row => row.Phrases);
        for (int place = 0; place < Rows.Count; place++)
            _places.Add(Rows[place].Picture.Id, place);
    }

    public IReadOnlyList<PictureRow> Rows { get; }

    /// <summary>How many phrases are asked for.</summary>
    public int Phrases { get; }

    /// <summary>Where a picture stands in the list; null where it does not.</summary>
    public int? PlaceOf(string id) => _places.TryGetValue(id, out var place) ? place : null;

    /// <summary>How many reports an order needs.</summary>
    public static int ReportsFor(PictureOrder order) =>
        order switch
        {
            PictureOrder.Worst or PictureOrder.Best => 1,
            PictureOrder.Difference or PictureOrder.Won or PictureOrder.Lost => 2,
            _ => 0,
        };

    private static IReadOnlyList<PictureRow> Sorted(IEnumerable<PictureRow> rows, PictureOrder order)
    {
        Func<PictureRow, double?>? key = order switch
        {
            PictureOrder.Worst => row => row.Score,
            PictureOrder.Best => row => -row.Score,
            PictureOrder.Difference => row => row.Difference is { } difference ? -Math.Abs(difference) : null,
            PictureOrder.Won => row => -row.Won,
            PictureOrder.Lost => row => row.Lost,
            PictureOrder.Small => row => row.Smallest,
            PictureOrder.Phrases => row => -row.Phrases,
            _ => null,
        };
        return key is null ? [.. rows] : [.. rows.OrderBy(row => key(row) is null).ThenBy(key)];
    }
}

/// <summary>A picture in a list.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Narrative">The first narrative that was asked for.</param>
/// <param name="Phrases">How many phrases were asked for.</param>
/// <param name="Score">Their mean IoU; null where none was judged.</param>
/// <param name="Difference">How far the other report lies from the first, of the phrase where it is farthest; null without two.</param>
/// <param name="Won">The most that the other report has won on a phrase; null where nothing.</param>
/// <param name="Lost">The most that it has lost, below 0; null where nothing.</param>
/// <param name="Smallest">The share of the picture that the smallest phrase takes.</param>
internal sealed record PictureRow(
    CataloguedPicture Picture,
    CataloguedNarrative Narrative,
    int Phrases,
    double? Score,
    double? Difference,
    double? Won,
    double? Lost,
    double? Smallest
);
