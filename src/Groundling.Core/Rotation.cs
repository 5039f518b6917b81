namespace Groundling.Core;

/// <summary>A row that begins anywhere and goes round.</summary>
public static class Rotation
{
    /// <summary>All items, in turn from one of them; none of an empty row.</summary>
    /// <param name="items">The row.</param>
    /// <param name="random">Which one, divided by their number.</param>
    public static IEnumerable<T> From<T>(IReadOnlyList<T> items, ulong random)
    {
        for (var i = 0; i < items.Count; i++)
            yield return items[(int)((random % (ulong)items.Count + (ulong)i) % (ulong)items.Count)];
    }
}
