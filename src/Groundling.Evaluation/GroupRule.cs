using Groundling.Core;

namespace Groundling.Evaluation;

/// <summary>Who belongs to which <see cref="PhraseGroup"/>; published tables follow two different rules.</summary>
public sealed class GroupRule
{
    private readonly Func<PhraseResult, bool> _isThing,
        _isPlural;

    private GroupRule(string name, string description, Func<PhraseResult, bool> isThing, Func<PhraseResult, bool> isPlural) =>
        (Name, Description, _isThing, _isPlural) = (name, description, isThing, isPlural);

    /// <summary>The PNG baseline's and PPMN's rule: plural = several segments; thing or stuff by the phrase's last segment.</summary>
    public static GroupRule Png { get; } =
        new("png", "plural: several segments; thing or stuff by the phrase's last segment", p => p.LastIsThing, p => p.Segments > 1);

    /// <summary>F-LMM's rule: plural by the file's flag, and every plural a thing.</summary>
    public static GroupRule Flmm { get; } =
        new("flmm", "plural: the annotators' flag; every plural a thing", p => p.PluralFlag || p.LastIsThing, p => p.PluralFlag);

    /// <summary>Both rules.</summary>
    public static IReadOnlyList<GroupRule> All { get; } = [Png, Flmm];

    /// <summary>"png" or "flmm".</summary>
    public string Name { get; }

    /// <summary>The rule in words.</summary>
    public string Description { get; }

    /// <summary>The rule of a name.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static GroupRule Named(string name) =>
        All.FirstOrDefault(r => r.Name == name)
        ?? throw new InputException($"groups {name} is not known: {string.Join(", ", All.Select(r => r.Name))}").About("groups");

    /// <summary>Whether the phrase counts as a thing; else it is stuff.</summary>
    public bool IsThing(PhraseResult phrase) => _isThing(phrase);

    /// <summary>Whether the phrase counts as plural; else it is singular.</summary>
    public bool IsPlural(PhraseResult phrase) => _isPlural(phrase);

    /// <summary>Whether the phrase belongs to the group.</summary>
    public bool Contains(PhraseGroup group, PhraseResult phrase) =>
        group switch
        {
            PhraseGroup.Things => IsThing(phrase),
            PhraseGroup.Stuff => !IsThing(phrase),
            PhraseGroup.Singulars => !IsPlural(phrase),
            PhraseGroup.Plurals => IsPlural(phrase),
            _ => true,
        };
}
