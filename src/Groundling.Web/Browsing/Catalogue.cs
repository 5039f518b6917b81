using Groundling.Data.Benchmark;

namespace Groundling.Web.Browsing;

/// <summary>All pictures of a benchmark that something was told of, in the order of the first narrative of each.</summary>
internal sealed class Catalogue
{
    private readonly Dictionary<string, CataloguedPicture> _byId = [];

    public Catalogue(PngBenchmark benchmark)
    {
        var narratives = new Dictionary<string, List<CataloguedNarrative>>();
        var order = new List<string>();
        for (int place = 0; place < benchmark.Count; place++)
        {
            var example = benchmark[place];
            if (!narratives.TryGetValue(example.ImageId, out var told))
            {
                narratives.Add(example.ImageId, told = []);
                order.Add(example.ImageId);
            }
            told.Add(new(place, example.Index, example.Caption.Text, [.. example.Phrases.Select(phrase => Of(phrase, example))]));
        }
        Pictures = [.. order.Select((id, place) => new CataloguedPicture(place, id, narratives[id]))];
        foreach (var picture in Pictures)
            _byId.Add(picture.Id, picture);
    }

    public IReadOnlyList<CataloguedPicture> Pictures { get; }

    /// <summary>The picture of an id; null where there is none.</summary>
    public CataloguedPicture? Find(string id) => _byId.GetValueOrDefault(id);

    private static CataloguedPhrase Of(BenchmarkPhrase phrase, BenchmarkExample example) =>
        new(
            phrase.Span.Start,
            phrase.Span.Length,
            phrase.Segments[^1].CategoryId,
            phrase.LastIsThing,
            phrase.Segments.Count > 1,
            example.Width > 0 && example.Height > 0
                ? (float)phrase.Segments.Sum(segment => (double)segment.Area) / ((float)example.Width * example.Height)
                : 0
        );
}
