using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Groundling.Hub;

/// <summary>The hash that a file must have: SHA-256 of a large one, git's SHA-1 of a small one.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly string? _wanted;
    private readonly long _size;
    private readonly IncrementalHash _hash;

    /// <param name="wanted">64 or 40 hexadecimal digits; anything else is not compared.</param>
    /// <param name="size">The whole file's bytes.</param>
    public ContentHash(string wanted, long size)
    {
        var isGit = wanted.Length == 40;
        _wanted = wanted.Length is 40 or 64 && wanted.All(char.IsAsciiHexDigit) ? wanted : null;
        _size = size;
#pragma warning disable CA5350                                                  // git names its blobs so; nothing secret hangs on it
        _hash = IncrementalHash.CreateHash(isGit ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
#pragma warning restore CA5350
        Begin();
    }

    public string Name => _hash.AlgorithmName.Name!;

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Forgets all bytes.</summary>
    public void Restart()
    {
        _hash.GetHashAndReset();
        Begin();
    }

    /// <summary>Whether all bytes together have the hash.</summary>
    public bool IsRight() =>
        _wanted is null || Convert.ToHexString(_hash.GetCurrentHash()).Equals(_wanted, StringComparison.OrdinalIgnoreCase);

    public void Dispose() => _hash.Dispose();

    private void Begin()
    {
        if (_wanted?.Length == 40)
            Append(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {_size}\0")));
    }
}
