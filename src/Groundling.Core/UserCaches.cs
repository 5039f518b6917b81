namespace Groundling.Core;

/// <summary>Where a user's caches lie: <c>XDG_CACHE_HOME</c> or ~/.cache, on Windows LOCALAPPDATA, on macOS ~/Library/Caches.</summary>
public static class UserCaches
{
    /// <summary>This program's folder there.</summary>
    public static string Folder => Path.Combine(All(), "groundling");

    private static string All()
    {
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(user, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named && Path.IsPathRooted(named) ? named
            : Path.Combine(user, ".cache");
    }
}
