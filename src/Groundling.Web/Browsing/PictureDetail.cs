using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;

namespace Groundling.Web.Browsing;

/// <summary>One picture with truth and predictions, read from the data and the reports when it is asked for.</summary>
internal static class PictureDetail
{
    public static PictureAnswer Of(BrowsedData data, BrowsedState state, CataloguedPicture picture, PictureQuery query)
    {
        var list = state.List(query);
        var (place, last) = (list.PlaceOf(picture.Id), list.Rows.Count - 1);
        var selection = new PhraseSelection(state, query);
        var (map, fault) = Map(data, state.Benchmark[picture.Narratives[0].Place]);
        return new(
            picture.Id,
            Path.GetFileName(state.Benchmark[picture.Narratives[0].Place].PicturePath),
            place,
            list.Rows.Count,
            place > 0 ? list.Rows[place.Value - 1].Picture.Id : null,
            place < last ? list.Rows[place.Value + 1].Picture.Id : null,
            fault,
            [.. picture.Narratives.Select(narrative => Narrative(state, narrative, selection.Matching(narrative) ?? [], map))]
        );
    }

    private static (PanopticMap? Map, string? Fault) Map(BrowsedData data, BenchmarkExample example)
    {
        try
        {
            return (PanopticMap.Load(data.Inside(example.PanopticPath, "the panoptic PNG")), null);
        }
        catch (Exception e) when (e is InputException or RequestException)
        {
            return (null, data.Told(e.Message));
        }
    }

    private static NarrativeAnswer Narrative(BrowsedState state, CataloguedNarrative narrative, IReadOnlyList<int> asked, PanopticMap? map)
    {
        var example = state.Benchmark[narrative.Place];
        var colours = PhrasePalette.Take(example.Phrases.Count);
        var predictions = state.Reports.Select(report => Predictions(report, narrative, map)).ToList();
        return new(
            narrative.Index,
            narrative.Caption,
            [
                .. example.Phrases.Select(
                    (phrase, i) =>
                        new BrowsedPhrase(
                            phrase.Span.Text,
                            phrase.Span.Start,
                            phrase.Span.End,
                            colours[i].ToString(),
                            state.NameOf(narrative.Phrases[i].CategoryId),
                            narrative.Phrases[i].IsThing,
                            narrative.Phrases[i].IsPlural,
                            phrase.Segments.Count,
                            narrative.Phrases[i].Share,
                            asked.Contains(i),
                            map?.MaskOf([.. phrase.Segments.Select(segment => segment.Id)]),
                            [.. predictions.Select(results => results?[i])]
                        )
                ),
            ]
        );
    }

    private static IReadOnlyList<PredictionAnswer>? Predictions(BrowsedReport report, CataloguedNarrative narrative, PanopticMap? map)
    {
        if (report.WithMasks(narrative) is not { } result)
            return null;
        var letterbox = map is null ? null : Letterbox.Fit(map.Width, map.Height, report.Report.Settings.Size);
        return
        [
            .. result.Phrases.Select(phrase => new PredictionAnswer(
                phrase.IoU,
                phrase.Missing,
                letterbox is null || phrase.Counts is null
                    ? null
                    : ResultOverlay.AtPicture(
                        RunLengthMask.Parse(phrase.Counts, result.Width, result.Height),
                        map!.Width,
                        map.Height,
                        letterbox
                    )
            )),
        ];
    }
}
