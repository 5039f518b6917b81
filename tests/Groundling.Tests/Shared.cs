namespace Groundling.Tests;

/// <summary>Material that lies beside the repository on some machines; tests that need it are skipped elsewhere.</summary>
internal static class Shared
{
    public static string Root { get; } = FindRoot();

    public static string? Folder { get; } = FindFolder();

    /// <summary>The path of a file or folder there; skips the test where there is none.</summary>
    public static string Require(string relative)
    {
        Assert.SkipUnless(Folder is not null, $"needs {relative} in a folder 'shared' beside the repository, or GROUNDLING_SHARED");
        return Path.Combine(Folder!, relative);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Groundling.slnx"))) return folder.FullName;
        throw new InvalidOperationException("the tests must run inside the repository");
    }

    private static string? FindFolder()
    {
        var folder = Environment.GetEnvironmentVariable("GROUNDLING_SHARED") ?? Path.Combine(Root, "..", "shared");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}
