using System.Text.Json;

namespace Groundling.Tests.Packages;

/// <summary>Whose work the command carries is said beside it.</summary>
public sealed class NoticesTests
{
    [Fact]
    public void Every_package_of_the_command_is_named_in_the_notices_beside_it()
    {
        var notices = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "THIRD-PARTY-NOTICES.txt"));
        using var parts = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Groundling.Cli.deps.json")));
        var packages = parts
            .RootElement.GetProperty("libraries")
            .EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => library.Name.Split('/')[0])
            .ToList();
        Assert.True(packages.Count > 20);
        Assert.All(
            packages.Where(name => !name.StartsWith("libtorch-cpu-", StringComparison.Ordinal)),
            name => Assert.Contains($"\n{name}: ", notices)
        );
        Assert.Contains("GCC RUNTIME LIBRARY EXCEPTION", notices);
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "LICENSE")));
        if (packages.Contains("libtorch-cpu-linux-x64"))
            Assert.Contains("Soumith Chintala", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "LICENSE-LIBTORCH.txt")));
    }
}
