using System.Diagnostics.CodeAnalysis;
using Groundling.Core;
using Groundling.Data;

namespace Groundling.Export;

/// <summary>Which category a phrase is of: that of its head noun, or one of a given list.</summary>
/// <remarks>
/// Of a given list a phrase takes the longest name or synonym that its words end with, up to its head noun: "two red traffic lights" is a
/// "traffic light", or else a "light". Case, hyphens and underscores make no difference, nor does the last word's number.
/// </remarks>
public sealed class CategoryTable
{
    private readonly List<Category> _all = [];
    private readonly Dictionary<string, Category> _byName = [];
    private readonly bool _grows;

    private CategoryTable(bool grows) => _grows = grows;

    /// <summary>The categories so far, by their numbers.</summary>
    public IReadOnlyList<Category> All => _all;

    /// <summary>A table that takes each head noun that it meets as a category, in that order.</summary>
    public static CategoryTable OfHeadNouns() => new(grows: true);

    /// <summary>A table of given categories.</summary>
    /// <param name="categories">Name, whether it is a thing, and other words for it.</param>
    /// <exception cref="InputException">Two of them share a name or a synonym, or there is none.</exception>
    public static CategoryTable Of(IEnumerable<(string Name, bool IsThing, IReadOnlyList<string> Synonyms)> categories)
    {
        ArgumentNullException.ThrowIfNull(categories);
        var table = new CategoryTable(grows: false);
        foreach (var (name, isThing, synonyms) in categories)
            if (table.Add(name, isThing, synonyms) is { } shared)
                throw new InputException(Twice(shared, table._byName[Key(shared)].Name, name));
        return table._all.Count > 0 ? table : throw new InputException("the list names no category; write one a line");
    }

    /// <summary>A table of labels that somebody else has given; of two that share a word the first has it.</summary>
    /// <param name="labels">Name, and other words for it.</param>
    public static CategoryTable OfLabels(IEnumerable<(string Name, IReadOnlyList<string> Synonyms)> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var table = new CategoryTable(grows: false);
        foreach (var (name, synonyms) in labels)
            table.Add(name, isThing: true, synonyms);
        return table;
    }

    /// <summary>A phrase's category; false where the list has none for it.</summary>
    /// <param name="phrase">The phrase's text.</param>
    /// <param name="category">Its category.</param>
    public bool TryFind(string phrase, [NotNullWhen(true)] out Category? category)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        if (!_grows && _byName.TryGetValue(Key(phrase), out category))
            return true;
        var head = NounPhraseChunker.English.HeadOf(phrase);
        if (_grows)
        {
            if (!_byName.TryGetValue(head.Noun, out category))
            {
                _byName.Add(head.Noun, category = new(_all.Count, XmlText.Clean(head.Noun)));
                _all.Add(category);
            }
            return true;
        }
        var words = Key(string.Join(' ', head.Words)).Split(' ');
        for (int start = 0; start < words.Length; start++)
            if (_byName.TryGetValue(string.Join(' ', words[start..]), out category))
                return true;
        return _byName.TryGetValue(head.Noun, out category);
    }

    /// <summary>Adds a category.</summary>
    /// <returns>A word of it that an earlier one has already; null where there is none.</returns>
    private string? Add(string name, bool isThing, IEnumerable<string> synonyms)
    {
        var category = new Category(_all.Count, XmlText.Clean(name), isThing);
        _all.Add(category);
        string? shared = null;
        foreach (var word in synonyms.Prepend(name))
            if (!_byName.TryAdd(Key(word), category) && _byName[Key(word)] != category)
                shared ??= word;
        return shared;
    }

    private static string Twice(string shared, string first, string second)
    {
        (shared, first, second) = (PlainText.Excerpt(shared), PlainText.Excerpt(first), PlainText.Excerpt(second));
        return Key(first) == Key(second)
            ? $"the category \"{second}\" stands twice{(first == second ? "" : $", first as \"{first}\"")}; leave one out"
            : $"\"{shared}\" is of two categories, \"{first}\" and \"{second}\"; leave one out";
    }

    /// <summary>Lower case, blanks between the words, the last in the singular.</summary>
    private static string Key(string name)
    {
        var words = name.ToLowerInvariant().Split([' ', '_', '-', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return name;
        words[^1] = NounPhraseChunker.English.SingularOf(words[^1]);
        return string.Join(' ', words);
    }
}
