namespace Groundling.Tests;

/// <summary>Files of the tests' own, copied beside them.</summary>
public static class Fixture
{
    /// <summary>The full path of a file under tests/Groundling.Tests/Fixtures.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", relative);
}
