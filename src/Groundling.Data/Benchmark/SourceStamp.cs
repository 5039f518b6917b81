using Groundling.Core;

namespace Groundling.Data.Benchmark;

/// <summary>By what a file is known to be unchanged: length, time of change, and a checksum of its beginning and end.</summary>
internal readonly record struct SourceStamp(long Length, long Ticks, long Sample)
{
    private const int SampleBytes = 1 << 16;

    /// <exception cref="InputException">The file cannot be read.</exception>
    public static SourceStamp Of(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var bytes = new byte[(int)Math.Min(2 * SampleBytes, file.Length)];
            int half = bytes.Length / 2;
            file.ReadExactly(bytes, 0, half);
            file.Seek(half - bytes.Length, SeekOrigin.End);
            file.ReadExactly(bytes, half, bytes.Length - half);
            return new SourceStamp(file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle).Ticks, Crc32C.Of(bytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {FileFault.ReasonOf(e)}", e);
        }
    }
}
