namespace Groundling.Core;

/// <summary>
/// What stands in a large file's place where Git's large file storage has not been asked for it: a pointer of three lines.
/// </summary>
public static class GitLfs
{
    /// <summary>What to say of such a file, after its name.</summary>
    public const string Advice = "is a Git LFS pointer, not the file itself: fetch it by 'git lfs pull' in its repository";

    /// <summary>Whether a file begins as a pointer does; false where it cannot be read.</summary>
    public static bool IsPointer(string path)
    {
        var start = "version https://git-lfs"u8;
        Span<byte> bytes = stackalloc byte[start.Length];
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length && bytes.SequenceEqual(start);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
