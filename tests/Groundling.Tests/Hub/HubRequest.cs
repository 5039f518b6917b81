namespace Groundling.Tests.Hub;

/// <summary>A request that the loopback hub or its store saw.</summary>
/// <param name="Host">"hub" or "store".</param>
/// <param name="Method">GET or HEAD.</param>
/// <param name="Path">With its query.</param>
/// <param name="Headers">By name, without regard to case.</param>
internal sealed record HubRequest(string Host, string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    /// <summary>The first byte of the range that is asked for, or 0.</summary>
    public long From => Headers.TryGetValue("Range", out var range) ? long.Parse(range.Split('=')[1].TrimEnd('-')) : 0;

    /// <summary>Whether it asks for a file's bytes.</summary>
    public bool IsFetch => Method == "GET" && !Path.StartsWith("/api/models/");
}
