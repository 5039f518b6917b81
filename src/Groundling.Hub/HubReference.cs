using System.Text.RegularExpressions;

namespace Groundling.Hub;

/// <summary>A model repository of the hub, and which of its revisions: <c>OWNER/NAME[@REVISION]</c>.</summary>
public sealed partial record HubReference
{
    /// <summary>The revision where none is named.</summary>
    public const string UsualRevision = "main";

    private HubReference(string repository, string revision) => (Repository, Revision) = (repository, revision);

    /// <summary><c>OWNER/NAME</c>.</summary>
    public string Repository { get; }

    /// <summary>A branch, a tag, or a commit's 40 digits.</summary>
    public string Revision { get; }

    /// <summary>Whether the revision is a commit, which never changes.</summary>
    public bool IsCommit => Commit().IsMatch(Revision);

    /// <summary>Reads <c>OWNER/NAME</c> or <c>OWNER/NAME@REVISION</c>; null where the text is of another form.</summary>
    public static HubReference? TryParse(string text)
    {
        var match = Form().Match(text);
        var (repository, revision) = (
            match.Groups["repository"].Value,
            match.Groups["revision"] is { Success: true } given ? given.Value : UsualRevision
        );
        var isOne =
            match.Success
            && repository.Length <= 96
            && !repository.Contains("--", StringComparison.Ordinal)
            && !text.Contains("..", StringComparison.Ordinal)
            && !repository.EndsWith(".git", StringComparison.Ordinal)
            && !revision.EndsWith('/');
        return isOne ? new(repository, revision) : null;
    }

    /// <summary>Reads <c>OWNER/NAME</c> or <c>OWNER/NAME@REVISION</c>.</summary>
    /// <exception cref="HubException">It is neither.</exception>
    public static HubReference Parse(string text) =>
        TryParse(text)
        ?? throw new HubException(
            $"'{OneLine.Of(text)}' names no repository of the hub: OWNER/NAME or OWNER/NAME@REVISION is needed, of letters, digits, '-', '_' and '.'"
        );

    /// <summary><c>OWNER/NAME</c>, with <c>@REVISION</c> where it is not the usual one.</summary>
    public override string ToString() => Revision == UsualRevision ? Repository : $"{Repository}@{Revision}";

    [GeneratedRegex(
        @"^(?<repository>[A-Za-z0-9]([\w\-.]*[A-Za-z0-9_])?/[A-Za-z0-9_]([\w\-.]*[A-Za-z0-9_])?)(@(?<revision>[A-Za-z0-9_][\w\-.+/]*))?\z",
        RegexOptions.ECMAScript
    )]
    private static partial Regex Form();

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    internal static partial Regex Commit();
}
