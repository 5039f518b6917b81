using System.Globalization;
using Groundling.Torch;

namespace Groundling.Diffusion;

/// <summary>The names and shapes of a weight file, asked for what a single file's layout must hold.</summary>
internal sealed class ShapeTable(string path, IEnumerable<SafetensorsEntry> entries)
{
    private readonly Dictionary<string, SafetensorsEntry> _entries = entries.ToDictionary(entry => entry.Name);

    public IEnumerable<string> Names => _entries.Keys;

    public bool Has(string name) => _entries.ContainsKey(name);

    public bool HasAny(string prefix) => _entries.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));

    public int Rank(string name) => _entries[name].Shape.Count;

    /// <summary>One size of a tensor.</summary>
    /// <exception cref="ModelException">There is no such tensor, or it has fewer dimensions.</exception>
    public long Size(string name, int dimension) =>
        _entries.TryGetValue(name, out var entry) && dimension < entry.Shape.Count && entry.Shape[dimension] is > 0 and <= 10_000_000
            ? entry.Shape[dimension]
            : throw new ModelException(
                $"{path}: '{name}' is {(entry is null ? "missing" : entry.Describe())}; it is not whole, or a model of another kind"
            );

    /// <summary>How many members a list of blocks has: one more than the largest number behind the prefix.</summary>
    public int Count(string prefix) =>
        _entries
            .Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name =>
                int.TryParse(
                    name.AsSpan(prefix.Length, Math.Max(name.IndexOf('.', prefix.Length) - prefix.Length, 0)),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var number
                )
                && number < 1000
                    ? number + 1
                    : 0
            )
            .DefaultIfEmpty(0)
            .Max();
}
