using System.Text;

namespace Groundling.Tests.Hub;

/// <summary>What the loopback hub answers, faults included.</summary>
internal sealed class HubAnswer
{
    public int Status { get; set; } = 200;

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public byte[] Body { get; set; } = [];

    /// <summary>The body's bytes after which the connection is cut.</summary>
    public int? CutAfter { get; set; }

    /// <summary>The body's bytes after which nothing more comes.</summary>
    public int? StallAfter { get; set; }

    /// <summary>A pause after every thousand bytes.</summary>
    public TimeSpan Slowness { get; set; }

    public static HubAnswer Of(int status, params (string Name, string Value)[] headers)
    {
        var answer = new HubAnswer { Status = status, Body = Encoding.UTF8.GetBytes("{\"error\":\"no\"}") };
        foreach (var (name, value) in headers)
            answer.Headers[name] = value;
        return answer;
    }
}
