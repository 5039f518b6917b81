namespace Groundling.Web;

/// <summary>The largest body of some routes.</summary>
/// <remarks>
/// Ours and not the server's, which shuts the connection at once: a client that is still sending would find it broken and never read why.
/// What a <see cref="RequestBody"/> refuses is answered, and the server reads on for a few seconds and throws away what comes.
/// </remarks>
/// <param name="Bytes">In bytes.</param>
internal sealed record BodyLimit(long Bytes)
{
    /// <summary>Of routes that say none: what ASP.NET allows.</summary>
    public static BodyLimit Usual { get; } = new(30_000_000);

    public static BodyLimit Of(ServiceOptions options) => new((long)options.MaxMegabytes << 20);
}
