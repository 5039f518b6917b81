using System.Text.RegularExpressions;

namespace Groundling.Tests.Readme;

/// <summary>Links from document to document, picture and source; <c>build/site.sh</c> checks them in the site once more.</summary>
public sealed partial class DocumentLinkTests
{
    private static readonly string[] Documents =
    [
        Path.Combine(Shared.Root, "README.md"),
        .. Directory.GetFiles(Path.Combine(Shared.Root, "docs"), "*.md", SearchOption.AllDirectories),
    ];

    [Fact]
    public void Every_link_leads_somewhere()
    {
        var links = Documents.SelectMany(document => LinksOf(document).Select(link => (document, link))).ToList();
        Assert.True(links.Count > 50, "the documents are not where they were");
        Assert.DoesNotContain(links, pair => !LeadsSomewhere(pair.document, pair.link));
    }

    [Fact]
    public void The_site_lists_every_guide()
    {
        var listed = File.ReadAllText(Path.Combine(Shared.Root, "docs", "toc.yml"));
        var guides = Directory
            .GetFiles(Path.Combine(Shared.Root, "docs"), "*.md")
            .Select(Path.GetFileName)
            .Where(name => name != "PACKAGE.md");
        Assert.All(guides, guide => Assert.Contains($"href: {guide}", listed));
    }

    [Theory]
    [InlineData("Is B better than A?", "is-b-better-than-a")]
    [InlineData("Five lines of C#", "five-lines-of-c")]
    [InlineData("`--resume` and [a link](x.md)", "--resume-and-a-link")]
    public void Headings_have_the_names_that_GitHub_gives_them(string heading, string name) => Assert.Equal(name, NameOf(heading));

    private static bool LeadsSomewhere(string document, string link)
    {
        var (path, heading) = link.Split('#') is [var file, var anchor] ? (file, anchor) : (link, null);
        var target = path.Length == 0 ? document : Path.GetFullPath(path, Path.GetDirectoryName(document)!);
        return Path.Exists(target)
            && (heading is null || Prose(target).Where(line => line.StartsWith('#')).Any(line => NameOf(line.TrimStart('#')) == heading));
    }

    private static IEnumerable<string> LinksOf(string document) =>
        Prose(document)
            .SelectMany(line => Link().Matches(CodeSpan().Replace(line, "")))
            .Select(match => match.Groups[1].Value)
            .Where(link => !link.Contains(':', StringComparison.Ordinal));

    /// <summary>A document's lines without its code blocks.</summary>
    private static IEnumerable<string> Prose(string document)
    {
        var isCode = false;
        foreach (var line in File.ReadLines(document))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                isCode = !isCode;
            else if (!isCode)
                yield return line;
        }
    }

    private static string NameOf(string heading) =>
        Other().Replace(LinkTarget().Replace(heading.Trim(), ""), "").ToLowerInvariant().Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\([^)]*\)")]
    private static partial Regex LinkTarget();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Other();
}
