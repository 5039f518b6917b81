using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Groundling.Web;

/// <summary>
/// A request's body, which counts as it comes; what breaks on its way is the client's fault and no failure of the service.
/// </summary>
internal sealed class RequestBody(Stream body, HttpContext context, RequestMemory.Share share) : Stream
{
    /// <summary>What a client is told whose body is over the limit.</summary>
    public const string TooLargeText =
        "the body is larger than the service allows (see max_megabytes of /v1/model, less without a picture); send a smaller one";

    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The route's, which is known when its work reads: around the whole application it is not known before.</summary>
    private long Limit => (context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>() ?? BodyLimit.Usual).Bytes;

    /// <summary>Gives a request its share of the memory, and counts its body.</summary>
    public static async Task AroundAsync(HttpContext context, RequestDelegate next, RequestMemory memory)
    {
        if (context.Features.Get<RequestMemory.Share>() is not null) // around the whole application already
        {
            await next(context);
            return;
        }
        using var share = new RequestMemory.Share(memory);
        context.Features.Set(share);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = null;
        context.Request.Body = new RequestBody(context.Request.Body, context, share);
        await next(context);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (context.Request.ContentLength > Limit)
            throw TooLarge();
        int read;
        try
        {
            read = await body.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("the body cannot be read", e);
        }
        if ((_read += read) > Limit)
            throw TooLarge();
        share.Take((long)RequestMemory.PerByteOfBody * read);
        return read;
    }

    private static RequestException TooLarge() => new(StatusCodes.Status413PayloadTooLarge, TooLargeText);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("bodies are read asynchronously");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
