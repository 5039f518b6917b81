using Groundling.Data.Benchmark;
using Groundling.Evaluation;

namespace Groundling.Web.Browsing;

/// <summary>All pictures of a benchmark that something was told of, in the order of the first narrative of each.</summary>
internal sealed class Catalogue
{
    private readonly Dictionary<string, CataloguedPicture> _byId = [];

    /// <param name="benchmark">The data.</param>
    /// <param name="rule">Who is a thing, who plural.</param>
    public Catalogue(PngBenchmark benchmark, GroupRule rule)
    {
        var told = new OrderedDictionary<string, List<CataloguedNarrative>>();
        for (int place = 0; place < benchmark.Count; place++)
        {
            var example = benchmark[place];
            if (!told.TryGetValue(example.ImageId, out var narratives))
                told.Add(example.ImageId, narratives = []);
            narratives.Add(
                new(place, example.Index, example.Caption.Text, [.. example.Phrases.Select(phrase => Of(phrase, example, rule))])
            );
        }
        Pictures = [.. told.Select(picture => new CataloguedPicture(picture.Key, picture.Value))];
        foreach (var picture in Pictures)
            _byId.Add(picture.Id, picture);
    }

    public IReadOnlyList<CataloguedPicture> Pictures { get; }

    public IEnumerable<CataloguedNarrative> Narratives => Pictures.SelectMany(picture => picture.Narratives);

    /// <summary>The picture of an id; null where there is none.</summary>
    public CataloguedPicture? Find(string id) => _byId.GetValueOrDefault(id);

    private static CataloguedPhrase Of(BenchmarkPhrase phrase, BenchmarkExample example, GroupRule rule)
    {
        var category = phrase.Segments[^1].CategoryId;
        var (segments, pixels) = (phrase.Segments.Count, (double)example.Width * example.Height);
        var judged = new PhraseResult(0, "", 0, segments, phrase.PluralFlag, phrase.LastIsThing, category, 0, 0, 0, false, null);
        return new(
            phrase.Span.Start,
            phrase.Span.Length,
            category,
            rule.IsThing(judged),
            rule.IsPlural(judged),
            pixels > 0 ? phrase.Segments.Sum(segment => (double)segment.Area) / pixels : 0
        );
    }
}
