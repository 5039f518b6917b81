using Groundling.Core;
using Groundling.Data.Benchmark;

namespace Groundling.Data.Editing;

/// <summary>The data's categories, and those that editing adds. Safe for several threads.</summary>
internal sealed class CategoryList
{
    private const int LongestName = 100;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, PanopticCategory> _byId;
    private readonly Dictionary<string, PanopticCategory> _byName = new(StringComparer.OrdinalIgnoreCase);

    public CategoryList(IReadOnlyDictionary<int, PanopticCategory> known)
    {
        _byId = known.ToDictionary();
        foreach (var category in _byId.Values)
            _byName.TryAdd(category.Name, category);
    }

    public IReadOnlyList<PanopticCategory> All
    {
        get
        {
            lock (_lock)
                return [.. _byId.Values];
        }
    }

    /// <summary>A segment's category; one that no list names is called by its number, and stuff, as the benchmark counts it.</summary>
    public PanopticCategory Of(int id)
    {
        lock (_lock)
            return _byId.TryGetValue(id, out var category) ? category : new(id, $"category {id}", "", IsThing: false);
    }

    /// <summary>The category of a name, added where it is new; letter case does not matter.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isThing">Whether it is a thing.</param>
    /// <param name="kindMatters">Whether one that is known as the other kind is refused, or taken as it is.</param>
    /// <exception cref="InputException">The name cannot be one, or the category is of the other kind.</exception>
    public PanopticCategory Take(string name, bool isThing, bool kindMatters)
    {
        ArgumentNullException.ThrowIfNull(name);
        name = name.Trim();
        if (name.Length is 0 or > LongestName)
            throw new InputException($"a category's name has {name.Length} characters; give 1 to {LongestName}");
        if (name.Any(char.IsControl) || !EditedNarrative.IsUnicode(name))
            throw new InputException(
                $"the category \"{PlainText.Excerpt(name)}\" holds control characters, or is no Unicode; write it plainly"
            );
        lock (_lock)
        {
            if (_byName.TryGetValue(name, out var known))
                return known.IsThing == isThing || !kindMatters
                    ? known
                    : throw new InputException(
                        $"the category \"{known.Name}\" is {(known.IsThing ? "a thing" : "stuff")} in these data; keep that, or choose another name"
                    );
            var made = new PanopticCategory(_byId.Keys.DefaultIfEmpty().Max() + 1, name, name, isThing);
            _byId.Add(made.Id, made);
            _byName.Add(name, made);
            return made;
        }
    }
}
