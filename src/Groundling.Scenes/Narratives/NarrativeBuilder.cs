using System.Text;

namespace Groundling.Scenes.Narratives;

/// <summary>Utterances in order, and the caption they tile.</summary>
internal sealed class NarrativeBuilder
{
    private readonly List<SceneUtterance> _utterances = [];

    public IReadOnlyList<SceneUtterance> Utterances => _utterances;

    public int Phrases => _utterances.Count(u => u.SegmentIds.Count > 0);

    public NarrativeBuilder Words(string text)
    {
        if (_utterances.Count > 0 && _utterances[^1] is { Noun: false, SegmentIds.Count: 0 } last && last.Text != ".")
            _utterances[^1] = last with { Text = Join(last.Text, text) };
        else
            _utterances.Add(new SceneUtterance(text, [], false, null));
        return this;
    }

    /// <summary>A noun that means no segment.</summary>
    public NarrativeBuilder Noun(string text)
    {
        _utterances.Add(new SceneUtterance(text, [], true, null));
        return this;
    }

    public NarrativeBuilder Phrase(string text, IEnumerable<int> ids, PhraseClaim claim)
    {
        _utterances.Add(new SceneUtterance(text, [.. ids], true, claim));
        return this;
    }

    public NarrativeBuilder Stop(char mark = '.')
    {
        _utterances.Add(new SceneUtterance(mark.ToString(), [], false, null));
        return this;
    }

    public void Cut(int count) => _utterances.RemoveRange(count, _utterances.Count - count);

    /// <summary>The caption; every sentence begins with a capital, or only the first.</summary>
    public SceneNarrative Build(bool capitals)
    {
        var text = new StringBuilder();
        bool first = true;
        foreach (var utterance in _utterances)
        {
            if (text.Length > 0 && utterance.Text[0] is not ('.' or ',' or '?'))
                text.Append(' ');
            int at = text.Length;
            text.Append(utterance.Text);
            if (first)
                text[at] = char.ToUpperInvariant(text[at]);
            first = capitals && utterance.Text == ".";
        }
        text.Replace(" i can ", " I can ").Replace(" i see ", " I see ");
        return new SceneNarrative(text.ToString(), _utterances);
    }

    private static string Join(string a, string b) => b[0] is ',' or '.' ? a + b : a + " " + b;
}
