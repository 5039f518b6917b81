namespace Groundling.Web.Browsing;

/// <summary>Which phrases a question asks for.</summary>
internal sealed class PhraseSelection
{
    private readonly PictureQuery _query;
    private readonly IReadOnlyList<string> _terms;
    private readonly HashSet<int> _categories;
    private readonly BrowsedReport? _scores,
        _first,
        _other;

    public PhraseSelection(BrowsedState state, PictureQuery query)
    {
        (_query, _terms) = (query, query.Terms());
        _categories =
        [
            .. state.Benchmark.Categories.Values.Where(category => category.Name == query.Category).Select(category => category.Id),
        ];
        if (state.Reports.Count == 0)
            return;
        _scores = state.Reports[query.Report];
        if (state.Reports.Count > 1)
            (_first, _other) = (state.Reports[0], state.Reports[Math.Max(1, query.Report)]);
    }

    /// <summary>
    /// The phrases asked for, by their places: those of the kinds that were chosen and, where phrases have any of the words, these alone;
    /// null where the caption lacks a word.
    /// </summary>
    public IReadOnlyList<int>? Matching(CataloguedNarrative narrative)
    {
        if (!_terms.All(term => Has(narrative.Caption, term)))
            return null;
        var (all, named) = (new List<int>(narrative.Phrases.Count), new List<int>());
        for (int i = 0; i < narrative.Phrases.Count; i++)
        {
            var phrase = narrative.Phrases[i];
            if (_terms.Any(term => Has(narrative.Caption.AsSpan(phrase.Start, phrase.Length), term)))
                named.Add(i);
            all.Add(i);
        }
        var asked = named.Count > 0 ? named : all;
        asked.RemoveAll(i => !IsChosen(narrative, i));
        return asked;
    }

    /// <summary>A picture as the list shows it; null where it is not asked for.</summary>
    public PictureRow? Row(CataloguedPicture picture)
    {
        CataloguedNarrative? shown = null;
        int phrases = 0,
            judged = 0;
        double sum = 0;
        double? difference = null,
            won = null,
            lost = null,
            smallest = null;
        foreach (var narrative in picture.Narratives)
        {
            if (Matching(narrative) is not { } matching || (matching.Count == 0 && _query.ChoosesPhrases))
                continue;
            shown ??= narrative;
            phrases += matching.Count;
            foreach (int i in matching)
            {
                smallest = Math.Min(smallest ?? 1, narrative.Phrases[i].Share);
                if (_scores?.Score(narrative, i) is { } score)
                    (sum, judged) = (sum + score, judged + 1);
                if (_other?.Score(narrative, i) - _first?.Score(narrative, i) is not { } gain)
                    continue;
                if (Math.Abs(gain) > Math.Abs(difference ?? 0) || difference is null)
                    difference = gain;
                if (gain > (won ?? 0))
                    won = gain;
                if (gain < (lost ?? 0))
                    lost = gain;
            }
        }
        return shown is null ? null : new(picture, shown, phrases, judged > 0 ? sum / judged : null, difference, won, lost, smallest);
    }

    private bool IsChosen(CataloguedNarrative narrative, int place)
    {
        var phrase = narrative.Phrases[place];
        return (_query.Category is null || _categories.Contains(phrase.CategoryId))
            && (_query.IsThing is not { } thing || thing == phrase.IsThing)
            && (_query.IsPlural is not { } plural || plural == phrase.IsPlural)
            && (_query.Size is not { } size || size.Contains(phrase.Share))
            && (_query.Score is not { } range || (_scores?.Score(narrative, place) is { } score && range.Contains(score)));
    }

    /// <summary>Whether a text has a term that begins where a word begins; small letters and capitals are alike.</summary>
    private static bool Has(ReadOnlySpan<char> text, string term)
    {
        for (int from = 0; text[from..].IndexOf(term, StringComparison.OrdinalIgnoreCase) is >= 0 and var at; from += at + 1)
            if (from + at == 0 || !char.IsLetterOrDigit(text[from + at - 1]))
                return true;
        return false;
    }
}
