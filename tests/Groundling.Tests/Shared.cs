namespace Groundling.Tests;

/// <summary>
/// The folder of samples that are too large or too restricted to live in the repository; tests that need it are skipped without it.
/// </summary>
public static class Shared
{
    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>GROUNDLING_SHARED, or the folder "shared" beside the repository; null when there is none.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>The full path of a file or folder in it, or the test is skipped.</summary>
    public static string Require(string relative)
    {
        Assert.SkipUnless(Folder is not null, "needs the shared samples: set GROUNDLING_SHARED to their folder");
        var path = Path.Combine(Folder!, relative);
        Assert.SkipUnless(Path.Exists(path), $"needs {relative} in the shared samples");
        return path;
    }

    /// <summary>A copy of a folder there, for tests that write beside what they read; or the test is skipped.</summary>
    public static string CopyOf(string relative, string target)
    {
        var source = Require(relative);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        return target;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("GROUNDLING_SHARED") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        var beside = Path.Combine(Root, "..", "shared");
        return Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Groundling.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("the tests run inside the repository");
    }
}
