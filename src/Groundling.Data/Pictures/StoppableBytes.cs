namespace Groundling.Data;

/// <summary>A file's bytes for a codec, which end where the token is cancelled: the codec then finds its file cut short, and ends.</summary>
/// <param name="bytes">The file; it stays where it is while this is read.</param>
/// <param name="length">Its bytes.</param>
/// <param name="stop">Looked at in every reading.</param>
internal sealed unsafe class StoppableBytes(byte* bytes, long length, CancellationToken stop)
    : UnmanagedMemoryStream(bytes, length, length, FileAccess.Read)
{
    public override int Read(byte[] buffer, int offset, int count) => stop.IsCancellationRequested ? 0 : base.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => stop.IsCancellationRequested ? 0 : base.Read(buffer);

    public override int ReadByte() => stop.IsCancellationRequested ? -1 : base.ReadByte();
}
