using System.Globalization;
using System.Text.RegularExpressions;

namespace Groundling.Hub;

/// <summary>How long to wait before asking again.</summary>
internal static partial class HubWait
{
    /// <summary>Failures in a row after which it is given up.</summary>
    public const int Tries = 5;

    /// <summary>Waits that the hub asks for beyond this are the user's to wait.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>The wait after so many failures in a row: it doubles.</summary>
    public static TimeSpan After(int failures, TimeSpan first) => first * Math.Pow(2, failures - 1);

    /// <summary>
    /// What the hub asks for: <c>Retry-After</c> in seconds or as a date, else <c>RateLimit: "api";r=0;t=SECONDS</c>; null where it asks
    /// for nothing.
    /// </summary>
    public static TimeSpan? AsTold(HttpResponseMessage answer, DateTimeOffset now)
    {
        if (answer.Headers.RetryAfter is { } after)
        {
            if (after.Delta is { } delta)
                return delta;
            if (after.Date is { } date)
                return date > now ? date - now : TimeSpan.Zero;
        }
        return
            answer.Headers.TryGetValues("RateLimit", out var values)
            && Limit().Match(string.Join(',', values)) is { Success: true } match
            && double.TryParse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, 1e6))
            : null;
    }

    [GeneratedRegex(@";\s*r\s*=\s*0\s*;\s*t\s*=\s*(?<seconds>\d+)")]
    private static partial Regex Limit();
}
