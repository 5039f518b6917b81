using System.Text;
using Groundling.Data;

namespace Groundling.Tests.NounPhrases;

/// <summary>A caption with the phrases that a reader marked in it: "[A dog] and [two cats]*".</summary>
internal sealed record LabelledCaption(string Caption, IReadOnlyList<NounPhrase> Phrases)
{
    public static IReadOnlyList<LabelledCaption> Fixture { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "noun-phrases.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(Parse),
    ];

    public static LabelledCaption Parse(string marked)
    {
        marked = marked.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal);
        var caption = new StringBuilder();
        var spans = new List<(int Start, int End, bool Plural)>();
        var open = -1;
        for (var index = 0; index < marked.Length; index++)
        {
            switch (marked[index])
            {
                case '[':
                    Assert.True(open < 0, $"'[' inside '[' in the fixture: {marked}");
                    open = caption.Length;
                    break;
                case ']':
                    Assert.True(open >= 0 && open < caption.Length, $"']' without '[' in the fixture: {marked}");
                    var plural = index + 1 < marked.Length && marked[index + 1] == '*';
                    spans.Add((open, caption.Length, plural));
                    index += plural ? 1 : 0;
                    open = -1;
                    break;
                default:
                    caption.Append(marked[index]);
                    break;
            }
        }

        Assert.True(open < 0, $"'[' without ']' in the fixture: {marked}");
        var text = caption.ToString();
        return new LabelledCaption(text, spans.ConvertAll(s => new NounPhrase(s.Start, s.End - s.Start, text[s.Start..s.End], s.Plural)));
    }

    /// <summary>The caption with the phrases marked, as in the fixture.</summary>
    public static string Mark(string caption, IEnumerable<NounPhrase> phrases) =>
        phrases.Reverse().Aggregate(caption, (text, p) => text.Insert(p.Start + p.Length, p.Plural ? "]*" : "]").Insert(p.Start, "["));
}
