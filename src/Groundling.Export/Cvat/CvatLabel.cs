namespace Groundling.Export.Cvat;

/// <summary>A label as CVAT's raw constructor reads it, with the attributes that hold the phrase.</summary>
internal sealed record CvatLabel(string Name, IReadOnlyList<CvatAttribute> Attributes)
{
    public static IReadOnlyList<CvatAttribute> PhraseAttributes { get; } =
    [.. new[] { "phrase", "start", "end", "score" }.Select(name => new CvatAttribute(name, Mutable: false, "text", [""]))];
}

internal sealed record CvatAttribute(string Name, bool Mutable, string InputType, IReadOnlyList<string> Values);
