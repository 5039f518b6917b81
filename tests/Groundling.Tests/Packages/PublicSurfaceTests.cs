using System.Reflection;
using System.Xml.Linq;
using System.Xml.XPath;
using PublicApiGenerator;

namespace Groundling.Tests.Packages;

/// <summary>
/// The public surface of every package is a text in <c>Manifests/Api</c>, so that each change of it is seen and meant.
/// GROUNDLING_APPROVE=1 writes the texts anew: <c>GROUNDLING_APPROVE=1 Groundling.Tests -class "*PublicSurfaceTests"</c>, then read the
/// difference.
/// </summary>
public class PublicSurfaceTests
{
    private static readonly string Approved = Path.Combine(Shared.Root, "tests/Groundling.Tests/Manifests/Api");

    /// <summary>Every project that is packed for others to build on.</summary>
    public static TheoryData<string> Packages =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Shared.Root, "src"), "*.csproj", SearchOption.AllDirectories)
                .Where(file =>
                    XDocument.Load(file) is var project
                    && project.XPathSelectElement("//IsPackable[. = 'false']") is null
                    && project.XPathSelectElement("//PackAsTool") is null
                )
                .Select(file => Path.GetFileNameWithoutExtension(file)!)
                .Order(),
        ];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_packages_surface_is_the_approved_one(string package)
    {
        var file = Path.Combine(Approved, $"{package}.txt");
        var surface =
            Assembly
                .Load(package)
                .GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
                .ReplaceLineEndings("\n")
                .TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("GROUNDLING_APPROVE") == "1")
        {
            Directory.CreateDirectory(Approved);
            File.WriteAllText(file, surface);
        }
        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        var (added, gone) = (Lines(surface).Except(Lines(approved)), Lines(approved).Except(Lines(surface)));
        Assert.True(
            surface == approved,
            $"{package}: the public surface is not that of {file}; if it is meant, approve it as this class says\n"
                + string.Join('\n', added.Select(line => "+ " + line.Trim()).Concat(gone.Select(line => "- " + line.Trim())))
        );
    }

    [Fact]
    public void No_text_is_of_a_package_that_is_gone() =>
        Assert.Empty(
            Directory.GetFiles(Approved).Select(file => Path.GetFileNameWithoutExtension(file)!).Except(Packages.Select(row => row.Data))
        );

    private static string[] Lines(string text) => text.Split('\n');
}
