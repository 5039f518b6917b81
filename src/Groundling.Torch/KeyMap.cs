namespace Groundling.Torch;

/// <summary>How a foreign file's parameter names (state_dict keys) become ours, as a table.</summary>
/// <remarks>
/// A rule replaces a run of whole dotted segments wherever it stands in a name: <c>("proj_attn", "to_out.0")</c> turns
/// <c>mid_block.attentions.0.proj_attn.weight</c> into <c>mid_block.attentions.0.to_out.0.weight</c>. A rule to <c>null</c> marks
/// names that are known and ignored. The first rule that fits decides; names that fit no rule stay as they are.
/// </remarks>
public sealed class KeyMap(params (string From, string? To)[] rules)
{
    /// <summary>Leaves every name as it is.</summary>
    public static KeyMap Identity { get; } = new();

    /// <summary>Our name of a foreign one, or null where it is known and ignored.</summary>
    public string? Map(string name)
    {
        foreach (var (from, to) in rules)
        {
            var at = $".{name}.".IndexOf($".{from}.", StringComparison.Ordinal);
            if (at < 0)
                continue;
            return to is null ? null : string.Concat(name.AsSpan(0, at), to, name.AsSpan(at + from.Length));
        }
        return name;
    }
}
