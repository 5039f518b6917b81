using System.Globalization;
using System.Text.RegularExpressions;
using Groundling.Data;
using Groundling.Training;

namespace Groundling.Tests.NounPhrases;

/// <summary>Exact-span precision and recall; a leading determiner does not count.</summary>
internal sealed partial class SpanScore
{
    private static readonly HashSet<string> Determiners = new(
        ["a", "an", "the", "this", "that", "these", "those", "some"],
        StringComparer.OrdinalIgnoreCase
    );

    private int _right,
        _found,
        _wanted,
        _rightNumber;

    public double Precision => _right / (double)_found;

    public double Recall => _right / (double)_wanted;

    public double F1 => 2.0 * _right / (_found + _wanted);

    /// <summary>Of the spans that are right, the share whose plural flag is.</summary>
    public double Number => _rightNumber / (double)_right;

    public void Add(IEnumerable<NounPhrase> wanted, IEnumerable<NounPhrase> found)
    {
        var gold = wanted.ToDictionary(Core, phrase => phrase.Plural);
        foreach (var phrase in found)
        {
            _found++;
            if (gold.TryGetValue(Core(phrase), out var plural))
            {
                _right++;
                _rightNumber += plural == phrase.Plural ? 1 : 0;
            }
        }

        _wanted += gold.Count;
    }

    /// <summary>
    /// Base phrases: an annotator's "a man in a white jersey" counts as "a man", and what is attached counts neither way.
    /// </summary>
    public void AddBase(IReadOnlyCollection<NounPhrase> wanted, IEnumerable<NounPhrase> found)
    {
        var bases = wanted.Select(Base).ToList();
        Add(
            bases,
            found.Where(phrase =>
                !wanted
                    .Zip(bases)
                    .Any(pair =>
                        phrase.Start >= pair.Second.Start + pair.Second.Length && phrase.Start < pair.First.Start + pair.First.Length
                    )
            )
        );
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"precision {Precision:F3}, recall {Recall:F3}, F1 {F1:F3}, plural {Number:F3}, phrases {_wanted}"
        );

    private static NounPhrase Base(NounPhrase phrase)
    {
        var attached = Attachment().Match(phrase.Text);
        return attached.Success ? phrase with { Length = attached.Index, Text = phrase.Text[..attached.Index] } : phrase;
    }

    [GeneratedRegex(@" (?:in|with|on|at|near|behind) ")]
    private static partial Regex Attachment();

    private static (int Start, int End) Core(NounPhrase phrase)
    {
        var end = phrase.Start + phrase.Length;
        var space = phrase.Text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && Determiners.Contains(phrase.Text[..space]) ? (phrase.Start + space + 1, end) : (phrase.Start, end);
    }
}
