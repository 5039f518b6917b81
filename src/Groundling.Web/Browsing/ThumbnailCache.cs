using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Groundling.Core;
using Groundling.Data;

namespace Groundling.Web.Browsing;

/// <summary>
/// Small pictures, made once and kept in a folder of the user's cache. A picture that was changed has another name there, by its length and
/// time of change; what was not looked at for longest goes when the folder is full.
/// </summary>
/// <remarks>Where nothing can be kept, small pictures are made each time.</remarks>
internal sealed class ThumbnailCache
{
    /// <summary>Pixels of the longer side.</summary>
    public const int LongestSide = 320;

    private const double KeptOfFull = 0.9;
    private const string Kind = ".jpg";
    private static readonly TimeSpan Looked = TimeSpan.FromHours(1); // finer, a look would cost a write
    private readonly string _folder;
    private readonly long _mostBytes;
    private readonly Lock _trimming = new();
    private readonly SemaphoreSlim _making = new(Environment.ProcessorCount);
    private long _bytes;

    /// <param name="folder">Made where missing.</param>
    /// <param name="mostBytes">How much may lie in it.</param>
    public ThumbnailCache(string folder, long mostBytes) => (_folder, _mostBytes) = (folder, mostBytes);

    /// <summary>Where a user's caches lie on each system.</summary>
    public static string UsualFolder { get; } = Path.Combine(UserCaches.Folder, "thumbnails");

    /// <summary>Counts what is there, and makes room.</summary>
    public void Open() => Trim(counted: false);

    /// <summary>A picture made small, as a JPEG file.</summary>
    /// <param name="path">The picture's file.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    /// <returns>The file's bytes, and a mark of the picture.</returns>
    /// <exception cref="InputException">It is not a readable picture.</exception>
    public async Task<(byte[] Jpeg, string Mark)> GetAsync(string path, CancellationToken cancellation)
    {
        var info = new FileInfo(path);
        var mark = Mark(
            string.Create(CultureInfo.InvariantCulture, $"{path}\n{info.Length}\n{info.LastWriteTimeUtc.Ticks}\n{LongestSide}")
        );
        var kept = Path.Combine(_folder, mark[..2], mark + Kind);
        if (Read(kept) is { } jpeg)
            return (jpeg, mark);
        await _making.WaitAsync(cancellation);
        try
        {
            jpeg = Thumbnail.Of(Picture.Load(path), LongestSide).Jpeg;
        }
        finally
        {
            _making.Release();
        }
        Keep(kept, jpeg);
        return (jpeg, mark);
    }

    private static string Mark(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    /// <summary>What is kept; null where there is nothing, or what a power cut left of it.</summary>
    private static byte[]? Read(string kept)
    {
        try
        {
            var file = new FileInfo(kept);
            if (!file.Exists)
                return null;
            var bytes = File.ReadAllBytes(kept);
            if (bytes is not [0xFF, 0xD8, .., 0xFF, 0xD9])
                return null;
            if (DateTime.UtcNow - file.LastWriteTimeUtc > Looked)
                file.LastWriteTimeUtc = DateTime.UtcNow;
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Keep(string kept, byte[] jpeg)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
            AtomicFile.Write(kept, file => file.Write(jpeg), keep: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // it is made again
        }
        if (Interlocked.Add(ref _bytes, jpeg.Length) > _mostBytes)
            Trim(counted: true);
    }

    /// <summary>Counts the folder and, where it is too full, removes what was not looked at for longest.</summary>
    private void Trim(bool counted)
    {
        lock (_trimming)
        {
            if (counted && Volatile.Read(ref _bytes) <= _mostBytes)
                return; // another has made room
            try
            {
                var files = new DirectoryInfo(_folder).Exists
                    ? new DirectoryInfo(_folder).GetFiles("*" + Kind, SearchOption.AllDirectories)
                    : [];
                long bytes = files.Sum(file => file.Length);
                var oldest = new Queue<FileInfo>(bytes > _mostBytes ? files.OrderBy(file => file.LastWriteTimeUtc) : []);
                while (bytes > KeptOfFull * _mostBytes && oldest.TryDequeue(out var file))
                {
                    bytes -= file.Length; // before it is gone
                    file.Delete();
                }
                Interlocked.Exchange(ref _bytes, bytes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Interlocked.Exchange(ref _bytes, 0); // another program has its hands in it; tried again when as much was added
            }
        }
    }
}
