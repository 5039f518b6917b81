using Microsoft.AspNetCore.Http.Metadata;

namespace Groundling.Web;

/// <summary>The largest body of some routes.</summary>
/// <param name="MaxRequestBodySize">In bytes.</param>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata
{
    public static BodyLimit Of(ServiceOptions options) => new((long)options.MaxMegabytes << 20);
}
