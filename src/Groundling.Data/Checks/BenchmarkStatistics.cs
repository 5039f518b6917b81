namespace Groundling.Data.Benchmark;

/// <summary>What a split's examples are like.</summary>
public sealed class BenchmarkStatistics
{
    private readonly Dictionary<string, int> _categories = [];

    /// <summary>Narratives counted here.</summary>
    public int Narratives { get; private set; }

    /// <summary>Phrases with ground truth.</summary>
    public int Phrases { get; private set; }

    /// <summary>Phrases whose last segment is a thing.</summary>
    public int Things { get; private set; }

    /// <summary>Phrases whose last segment is stuff.</summary>
    public int Stuff => Phrases - Things;

    /// <summary>Phrases of one segment.</summary>
    public int Singulars { get; private set; }

    /// <summary>Phrases of several segments.</summary>
    public int Plurals => Phrases - Singulars;

    /// <summary>Phrases with the file's plural flag.</summary>
    public int PluralFlags { get; private set; }

    /// <summary>Words of a caption.</summary>
    public Distribution CaptionWords { get; } = new();

    /// <summary>Words of a phrase.</summary>
    public Distribution PhraseWords { get; } = new();

    /// <summary>Phrases of a caption.</summary>
    public Distribution PhrasesPerCaption { get; } = new();

    /// <summary>Segments of a phrase.</summary>
    public Distribution SegmentsPerPhrase { get; } = new();

    /// <summary>A phrase's mask as a share of its picture, in [0, 1].</summary>
    public Distribution MaskShares { get; } = new();

    /// <summary>The longer side of a picture, in pixels.</summary>
    public Distribution LongerSides { get; } = new();

    /// <summary>Void pixels as a share of the picture, in [0, 1]; only where panoptic PNG files were read.</summary>
    public Distribution VoidShares { get; } = new();

    /// <summary>Phrases by the category of their last segment, the most frequent first.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Categories =>
        [.. _categories.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)];

    internal void Add(BenchmarkExample example, IReadOnlyDictionary<int, PanopticCategory> categories)
    {
        Narratives++;
        CaptionWords.Add(Words(example.Caption.Text));
        PhrasesPerCaption.Add(example.Phrases.Count);
        double pixels = (double)example.Width * example.Height;
        if (pixels > 0)
            LongerSides.Add(Math.Max(example.Width, example.Height));
        foreach (var phrase in example.Phrases)
        {
            Phrases++;
            Things += phrase.LastIsThing ? 1 : 0;
            Singulars += phrase.Segments.Count == 1 ? 1 : 0;
            PluralFlags += phrase.PluralFlag ? 1 : 0;
            PhraseWords.Add(Words(phrase.Span.Text));
            SegmentsPerPhrase.Add(phrase.Segments.Count);
            if (pixels > 0)
                MaskShares.Add(phrase.Segments.Distinct().Sum(s => (double)s.Area) / pixels);
            var name = categories.TryGetValue(phrase.Segments[^1].CategoryId, out var category) ? category.Name : "unknown";
            _categories[name] = _categories.GetValueOrDefault(name) + 1;
        }
    }

    private static int Words(ReadOnlySpan<char> text)
    {
        int count = 0;
        bool isInside = false;
        foreach (char c in text)
        {
            bool isWord = char.IsLetterOrDigit(c) || (isInside && c is '\'' or '-' or '’');
            count += isWord && !isInside ? 1 : 0;
            isInside = isWord;
        }
        return count;
    }
}
