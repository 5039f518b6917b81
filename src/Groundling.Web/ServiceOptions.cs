using Groundling.Data;

namespace Groundling.Web;

/// <summary>What the service allows.</summary>
public record ServiceOptions
{
    /// <summary>Requests that may wait for the model, 1 to 10,000; more are refused with 429.</summary>
    public int Queue { get; set; } = 16;

    /// <summary>
    /// Waiting requests that the model takes at a time, 1 to 1,000; those of one picture are done together, so that it is encoded once.
    /// </summary>
    public int Batch { get; set; } = 4;

    /// <summary>
    /// Seconds that a request may take to arrive and wait for its turn (later is 408 or 429), and seconds that the model may then work on
    /// it
    /// (later is 503); above 0 up to 86,400.
    /// </summary>
    public double Timeout { get; set; } = 60;

    /// <summary>The largest body, 1 to 1,024 MiB; larger is 413.</summary>
    public int MaxMegabytes { get; set; } = 20;

    /// <summary>The largest picture, 1 to 100 million pixels.</summary>
    public int MaxMegapixels { get; set; } = 25;

    /// <summary>
    /// The largest network input that a request may ask for, 64 to 4096 pixels on its longer side; the work and its memory grow faster than
    /// its square.
    /// </summary>
    public int MaxSize { get; set; } = 1024;

    /// <summary>
    /// The largest work of one request, 1 to 100,000 million: its picture's pixels times its phrases, as masks are made at the picture's
    /// size.
    /// </summary>
    public int MaxWork { get; set; } = 640;

    /// <summary>
    /// The most that requests add to the service's memory in MiB, 1 to 1,048,576. Bodies and pictures of all of them together may hold
    /// three quarters of it, and what comes beyond is 429; the rest is for the work in hand. At least room for one of the largest.
    /// </summary>
    public int MaxMemory { get; set; } = 1024;

    /// <summary>What clients of /v1 must send as a bearer token; null lets everybody in.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The one origin whose pages may call the service; null allows the service's own page alone.</summary>
    public string? Cors { get; set; }

    /// <summary>
    /// The Label Studio that may use the service as its backend, and from which alone it takes tasks' pictures: scheme, host and port, such
    /// as http://localhost:8080; null leaves its protocol out.
    /// </summary>
    public string? LabelStudio { get; set; }

    /// <summary>The access token for that Label Studio's files; null asks without one.</summary>
    public string? LabelStudioToken { get; set; }

    /// <summary>A folder of pictures with captions (NAME.png and NAME.txt) that the page offers to try; need not exist.</summary>
    public string Samples { get; set; } = Path.Combine(AppContext.BaseDirectory, "samples");

    /// <summary>Refuses what is out of range.</summary>
    /// <exception cref="InputException">A value is out of range.</exception>
    internal virtual void Check()
    {
        RequireRange("queue", Queue, 1, 10_000);
        RequireRange("batch", Batch, 1, 1_000);
        RequireRange("largest body in MiB (max-megabytes)", MaxMegabytes, 1, 1_024);
        RequireRange("largest picture in million pixels (max-megapixels)", MaxMegapixels, 1, (int)(Picture.MaxPixels / 1_000_000));
        RequireRange("largest size (max-size)", MaxSize, GroundingOptions.SmallestSize, GroundingOptions.LargestSize);
        RequireRange("largest work in million pixels times phrases (max-work)", MaxWork, 1, 100_000);
        RequireRange("memory of all requests in MiB (max-memory)", MaxMemory, 1, 1 << 20);
        if (MaxMemory < LargestRequest)
            throw new InputException(
                $"the memory of all requests (max-memory) is {MaxMemory} MiB, less than the {LargestRequest} MiB of one request of the largest body and picture; raise it, or lower these (max-megabytes, max-megapixels)"
            );
        if (Timeout is not (> 0 and <= 86_400))
            throw new InputException($"the timeout {Timeout} is out of range: more than 0 seconds, 86400 at most");
        if (ApiKey is "")
            throw new InputException("the API key is empty; leave it out to let everybody in");
        if (ApiKey is { } key && key.Any(c => c is <= ' ' or > '~'))
            throw new InputException(
                "the API key has characters that no HTTP header carries; use letters, digits and signs of ASCII, without blanks"
            );
        if (LabelStudio is not null && !IsOrigin(LabelStudio))
            throw new InputException(
                $"'{LabelStudio}' is no address of a Label Studio; give scheme, host and port alone, such as http://localhost:8080"
            );
        if (LabelStudioToken is { } token && (LabelStudio is null || token.Length == 0 || token.Any(c => c is <= ' ' or > '~')))
            throw new InputException("the Label Studio token has no Label Studio to go to, is empty, or holds what no HTTP header carries");
        if (Cors is not null && !IsOrigin(Cors))
            throw new InputException(
                $"'{Cors}' is not an origin that CORS could let in; give scheme, host and port alone, such as https://example.org"
            );
    }

    /// <summary>MiB that one request may need, where those that are not small may use three quarters of what all may hold.</summary>
    private long LargestRequest =>
        16L * Math.Max(RequestMemory.PerByteOfBody * MaxMegabytes, MaxMegabytes + RequestMemory.PerPixelDecoded * MaxMegapixels) / 9 + 1;

    /// <summary>Refuses a number out of its range.</summary>
    private protected static void RequireRange(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new InputException($"the {name} is {value}, which is out of range: {least} to {most}");
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin)
        && (origin.Scheme is "http" or "https")
        && origin.GetLeftPart(UriPartial.Authority) == text;
}
