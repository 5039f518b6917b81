namespace Groundling.Core;

/// <summary>What somebody who mistyped a word may have meant.</summary>
public static class Nearest
{
    /// <summary>The nearest of the known words; null where none is near.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="known">What there is.</param>
    public static string? To(string word, IEnumerable<string> known)
    {
        var bare = word.TrimStart('-').ToLowerInvariant();
        if (bare.Length < 2)
            return null;
        return known
            .Select(name => (Name: name, Distance: Distance(bare, name.TrimStart('-').ToLowerInvariant())))
            .Where(found => found.Distance <= Math.Max(1, bare.Length / 3))
            .OrderBy(found => found.Distance)
            .ThenBy(found => found.Name, StringComparer.Ordinal)
            .FirstOrDefault()
            .Name;
    }

    /// <summary>The nearest of the known words, however far they are; the nearest first.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="known">What there is.</param>
    /// <param name="count">How many at most.</param>
    public static IEnumerable<string> ManyTo(string word, IEnumerable<string> known, int count) =>
        known.OrderBy(name => Distance(word.ToLowerInvariant(), name.ToLowerInvariant())).Take(count);

    /// <summary>Letters to insert, delete, replace, or swap with their neighbour; a beginning of the word costs one.</summary>
    private static int Distance(string typed, string name)
    {
        if (typed.Length >= 3 && name.StartsWith(typed, StringComparison.Ordinal))
            return Math.Min(1, name.Length - typed.Length);
        var costs = new int[typed.Length + 1, name.Length + 1];
        for (var i = 0; i <= typed.Length; i++)
        for (var j = 0; j <= name.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                costs[i, j] = i + j;
                continue;
            }
            var other = typed[i - 1] == name[j - 1] ? 0 : 1;
            costs[i, j] = Math.Min(Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1, costs[i - 1, j - 1] + other);
            if (i > 1 && j > 1 && typed[i - 1] == name[j - 2] && typed[i - 2] == name[j - 1])
                costs[i, j] = Math.Min(costs[i, j], costs[i - 2, j - 2] + 1);
        }
        return costs[typed.Length, name.Length];
    }
}
