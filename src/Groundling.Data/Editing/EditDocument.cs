using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>One picture's annotation in memory: edits are applied whole or refused, and taken back without end.</summary>
internal sealed class EditDocument
{
    private const int MostSegments = 10_000;
    private readonly SegmentMap _map;
    private readonly CategoryList _categories;
    private readonly List<Step> _steps = [];
    private Content _content;
    private int _done; // steps that stand; behind them those that were taken back

    /// <param name="narratives">What is told of the picture; none gives one without words.</param>
    /// <param name="segments">The segments; their areas are not looked at.</param>
    /// <param name="map">Whose each pixel is.</param>
    /// <param name="categories">The data's categories.</param>
    public EditDocument(
        IReadOnlyList<EditedNarrative> narratives,
        IEnumerable<EditedSegment> segments,
        SegmentMap map,
        CategoryList categories
    )
    {
        (_map, _categories) = (map, categories);
        _content = new(narratives.Count > 0 ? narratives : [new("", [])], [.. segments]);
    }

    public SegmentMap Map => _map;

    public IReadOnlyList<EditedNarrative> Narratives => _content.Narratives;

    /// <summary>The segments with their pixels counted.</summary>
    public IReadOnlyList<EditedSegment> Segments =>
        [.. _content.Segments.Select(segment => segment with { Area = _map.AreaOf(segment.Id) })];

    public bool CanUndo => _done > 0;

    public bool CanRedo => _done < _steps.Count;

    /// <summary>The first colour that no segment and no pixel has.</summary>
    public int NextSegment
    {
        get
        {
            for (int count = _content.Segments.Count + 1; ; count *= 2)
                foreach (var colour in PhrasePalette.Take(count))
                    if (_map.AreaOf(colour.PanopticId) == 0 && _content.Segments.All(segment => segment.Id != colour.PanopticId))
                        return colour.PanopticId;
        }
    }

    /// <summary>Does one edit.</summary>
    /// <param name="edit">What to do.</param>
    /// <param name="keep">Called when it is done, before it counts; where this throws, it is taken back.</param>
    /// <param name="again">Whether it was accepted before, and is done again from a journal.</param>
    /// <returns>The pixels that changed, in this order.</returns>
    /// <exception cref="InputException">It cannot be done; nothing has changed.</exception>
    public IReadOnlyList<PixelRun> Apply(Edit edit, Action? keep = null, bool again = false)
    {
        ArgumentNullException.ThrowIfNull(edit);
        switch (edit)
        {
            case Edit.Undo:
                return CanUndo ? Keep(Back(), keep, () => Forth()) : throw new InputException("there is nothing to undo");
            case Edit.Redo:
                return CanRedo ? Keep(Forth(), keep, () => Back()) : throw new InputException("there is nothing to redo");
        }
        var (before, changes) = (_content, new List<PixelRun>());
        try
        {
            Do(edit, changes, again);
            keep?.Invoke();
        }
        catch
        {
            TakeBack(before, changes);
            throw;
        }
        _steps.RemoveRange(_done, _steps.Count - _done);
        _steps.Add(new(before, _content, changes));
        _done++;
        return changes;
    }

    private static List<PixelRun> Keep(List<PixelRun> changes, Action? keep, Action takeBack)
    {
        try
        {
            keep?.Invoke();
            return changes;
        }
        catch
        {
            takeBack();
            throw;
        }
    }

    private List<PixelRun> Back()
    {
        var step = _steps[--_done];
        return TakeBack(step.Before, step.Changes);
    }

    private List<PixelRun> Forth()
    {
        var step = _steps[_done++];
        _content = step.After;
        _map.Apply(step.Changes);
        return step.Changes;
    }

    private List<PixelRun> TakeBack(Content content, List<PixelRun> changes)
    {
        _content = content;
        var reversed = changes.Select(run => run.Reversed).Reverse().ToList();
        _map.Apply(reversed);
        return reversed;
    }

    private void Do(Edit edit, List<PixelRun> changes, bool again)
    {
        switch (edit)
        {
            case Edit.SetCaption(var text, var place) caption:
                Tell(place, told => told.With(text, caption.Phrases));
                break;
            case Edit.AddPhrase(var start, var end, var place) phrase:
                Tell(place, told => told.Add(start, end, Known(phrase.Segments)));
                break;
            case Edit.MovePhrase(var phrase, var start, var end, var place):
                Tell(place, told => told.Move(phrase, start, end));
                break;
            case Edit.RemovePhrase(var phrase, var place):
                Tell(place, told => told.Remove(phrase));
                break;
            case Edit.Assign(var phrase, var segments, var place):
                Tell(place, told => told.Assign(phrase, Known(segments)));
                break;
            case Edit.AddSegment made:
                Add(made, changes, again);
                break;
            case Edit.RemoveSegment(var id):
                Remove(Require(id), changes);
                break;
            case Edit.SetCategory(var id, var name, var isThing, var isCrowd):
                var (old, category) = (Require(id), _categories.Take(name, isThing, !again));
                Replace([.. _content.Segments.Select(one => one == old ? old with { Category = category, IsCrowd = isCrowd } : one)]);
                break;
            case Edit.Paint(var id, var mask, var from):
                Paint(id, mask, from, changes);
                break;
            case Edit.Batch(var edits):
                if (edits is not { Count: > 0 } || edits.Any(one => one is null or Edit.Undo or Edit.Redo or Edit.Batch))
                    throw new InputException("a batch holds at least one edit, none of them undo, redo or a batch");
                foreach (var one in edits)
                    Do(one, changes, again);
                break;
            default:
                throw new InputException($"the edit {edit.GetType().Name} cannot be done here");
        }
    }

    private void Tell(int place, Func<EditedNarrative, EditedNarrative> change)
    {
        if (place < 0 || place >= Narratives.Count)
            throw new InputException($"there is no narrative {place}: the picture has {Narratives.Count}, numbered from 0");
        _content = _content with { Narratives = [.. Narratives.Select((told, i) => i == place ? change(told) : told)] };
    }

    private void Add(Edit.AddSegment made, List<PixelRun> changes, bool again)
    {
        int id = made.Id ?? NextSegment;
        if (id is <= 0 or >= 1 << 24)
            throw new InputException($"segment id {id} is out of range: 1 to {(1 << 24) - 1}, as a panoptic PNG holds them");
        if (_map.AreaOf(id) > 0 || _content.Segments.Any(segment => segment.Id == id))
            throw new InputException($"segment id {id} is taken; leave it out, or use the next one");
        if (_content.Segments.Count == MostSegments)
            throw new InputException($"the picture has {MostSegments} segments; remove some first");
        Replace([.. _content.Segments, new(id, _categories.Take(made.Category, made.IsThing, !again), IsCrowd: false, Area: 0)]);
        if (made.Mask is not null)
            Paint(id, made.Mask, null, changes);
    }

    private void Remove(EditedSegment segment, List<PixelRun> changes)
    {
        Replace([.. _content.Segments.Where(other => other != segment)]);
        _content = _content with { Narratives = [.. Narratives.Select(told => told.Without(segment.Id))] };
        changes.AddRange(_map.Paint(RunLengthMask.FromBox(new(0, 0, _map.Width, _map.Height), _map.Width, _map.Height), 0, segment.Id));
    }

    private void Paint(int id, RunLengthMask? mask, int? from, List<PixelRun> changes)
    {
        if (id != 0)
            Require(id);
        if (mask is null)
            throw new InputException("there is no mask to paint; give the pixels as COCO's run lengths");
        if ((mask.Width, mask.Height) != (_map.Width, _map.Height))
            throw new InputException(
                $"the mask is of {mask.Width} x {mask.Height} pixels, its picture of {_map.Width} x {_map.Height}; give one of the picture's size"
            );
        changes.AddRange(_map.Paint(mask, id, from));
    }

    private int[] Known(IReadOnlyList<int>? ids)
    {
        var distinct = (ids ?? []).Distinct().ToArray();
        foreach (var id in distinct)
            Require(id);
        return distinct;
    }

    private EditedSegment Require(int id) =>
        _content.Segments.FirstOrDefault(segment => segment.Id == id)
        ?? throw new InputException($"the picture has no segment {id}; it may have been removed meanwhile");

    private void Replace(IReadOnlyList<EditedSegment> segments) => _content = _content with { Segments = segments };

    private sealed record Content(IReadOnlyList<EditedNarrative> Narratives, IReadOnlyList<EditedSegment> Segments);

    private sealed record Step(Content Before, Content After, List<PixelRun> Changes);
}
