using Groundling.Tests.Data;

namespace Groundling.Tests;

/// <summary>Symbolic links, which Windows allows to some users only, and which lead nowhere under Wine.</summary>
internal static class SymbolicLinks
{
    private static readonly Lazy<bool> Work = new(() =>
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", "x");
        try
        {
            File.CreateSymbolicLink(folder.File("link"), "file");
            return File.Exists(folder.File("link"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    public static void SkipUnlessThere() => Assert.SkipUnless(Work.Value, "makes a symbolic link, which this user or system cannot");
}
