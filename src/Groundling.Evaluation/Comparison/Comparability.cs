namespace Groundling.Evaluation;

/// <summary>Whether two evaluations judged the same phrases by the same rules.</summary>
public static class Comparability
{
    /// <summary>Refuses evaluations that cannot be compared with the first.</summary>
    /// <exception cref="InputException">One differs; the message names it, what differs, and both values.</exception>
    public static void Require(IReadOnlyList<ComparedRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        foreach (var run in runs.Skip(1))
            Require(runs[0], run);
    }

    private static void Require(ComparedRun first, ComparedRun other)
    {
        var (a, b) = (first.Report.Settings, other.Report.Settings);
        if (a.Data.Content != b.Data.Content)
            throw Differ($"data {a.Data.Name} ({a.Data.Content})", $"{b.Data.Name} ({b.Data.Content})");
        if (a.Split != b.Split)
            throw Differ($"split {a.Split}", b.Split);
        if (a.Protocol != b.Protocol)
            throw Differ($"protocol {a.Protocol}", b.Protocol);
        if (a.Groups != b.Groups)
            throw Differ($"groups {a.Groups}", b.Groups);
        if (a.Protocol != ResolutionProtocol.Original.Name && a.Size != b.Size)
            throw Differ($"size {a.Size}, at which the {a.Protocol} protocol judges,", $"{b.Size}");
        if (first.Results.Count != other.Results.Count)
            throw Differ($"{first.Results.Count} narratives", $"{other.Results.Count} (--limit)");
        foreach (var (x, y) in first.Results.Zip(other.Results))
        {
            if ((x.Narrative, x.ImageId, x.Phrases.Count) != (y.Narrative, y.ImageId, y.Phrases.Count))
                throw Differ(
                    $"{x.Phrases.Count} phrases in narrative {x.Narrative} of image {x.ImageId}",
                    $"{y.Phrases.Count} in narrative {y.Narrative} of image {y.ImageId}"
                );
            foreach (var (p, q) in x.Phrases.Zip(y.Phrases))
                if (Judged(p) != Judged(q))
                    throw Differ(
                        $"the phrase \"{p.Text}\" of {p.TruthPixels} pixels in narrative {x.Narrative}",
                        $"\"{q.Text}\" of {q.TruthPixels}"
                    );
        }

        InputException Differ(string one, string another) =>
            new($"{other.Folder} cannot be compared with {first.Folder}: {first.Folder} has {one}, {other.Folder} {another}");
    }

    /// <summary>Everything about a phrase but the method's answer.</summary>
    private static PhraseResult Judged(PhraseResult phrase) => phrase with { IoU = 0, PredictedPixels = 0, Missing = false, Counts = null };
}
