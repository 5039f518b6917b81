using System.Reflection;
using System.Xml.Linq;
using System.Xml.XPath;

namespace Groundling.Tests.Architecture;

/// <summary>
/// Who may refer to whom: Core below all; Torch, then Diffusion, then Groundling; Data, Rendering and Scenes beside them without the
/// engine; Evaluation, Training, Hosting and then Web above; Cli on top.
/// </summary>
public class ReferenceTests
{
    private static readonly string[] Library = ["Groundling.Core", "Groundling.Torch", "Groundling.Data", "Groundling.Diffusion"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Groundling.Core"] = [],
        ["Groundling.Torch"] = ["Groundling.Core"],
        ["Groundling.Hub"] = ["Groundling.Core"],
        ["Groundling.Data"] = ["Groundling.Core"],
        ["Groundling.Diffusion"] = ["Groundling.Core", "Groundling.Torch"],
        ["Groundling"] = Library,
        ["Groundling.Rendering"] = ["Groundling.Core", "Groundling.Data"],
        ["Groundling.Export"] = ["Groundling.Core", "Groundling.Data"],
        ["Groundling.Scenes"] = ["Groundling.Core", "Groundling.Data"],
        ["Groundling.Testing"] = ["Groundling.Core", "Groundling.Data"],
        ["Groundling.Evaluation"] = [.. Library, "Groundling", "Groundling.Rendering"],
        ["Groundling.Training"] = [.. Library, "Groundling", "Groundling.Rendering", "Groundling.Evaluation"],
        ["Groundling.Models.Scenes"] = [.. Library, "Groundling", "Groundling.Rendering"],
        ["Groundling.Hosting"] = [.. Library, "Groundling"],
        ["Groundling.Web"] =
        [
            .. Library,
            "Groundling",
            "Groundling.Rendering",
            "Groundling.Evaluation",
            "Groundling.Export",
            "Groundling.Hosting",
        ],
        ["Groundling.Cli"] =
        [
            .. Library,
            "Groundling",
            "Groundling.Hub",
            "Groundling.Models.Scenes",
            "Groundling.Rendering",
            "Groundling.Export",
            "Groundling.Scenes",
            "Groundling.Evaluation",
            "Groundling.Training",
            "Groundling.Hosting",
            "Groundling.Web",
        ],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Fact]
    public void Every_project_has_its_place() =>
        Assert.Equal(Allowed.Keys.Order(), ProjectFiles("src").Select(Path.GetFileNameWithoutExtension).Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Projects_refer_only_downwards(string project)
    {
        var file = Path.Combine(Shared.Root, "src", project, $"{project}.csproj");
        var named = XDocument
            .Load(file)
            .XPathSelectElements("//ProjectReference")
            .Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value));
        Assert.Empty(named.Except(Allowed[project]));
        var compiled = Assembly
            .Load(project)
            .GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => name.StartsWith("Groundling"));
        Assert.Empty(compiled.Except(Allowed[project]));
    }

    [Theory]
    [InlineData("Groundling.Core")]
    [InlineData("Groundling.Data")]
    [InlineData("Groundling.Export")]
    [InlineData("Groundling.Hub")]
    [InlineData("Groundling.Rendering")]
    [InlineData("Groundling.Scenes")]
    [InlineData("Groundling.Testing")]
    public void Pictures_and_captions_need_no_engine(string project)
    {
        Assert.DoesNotContain(Assembly.Load(project).GetReferencedAssemblies(), name => name.Name is "TorchSharp");
        Assert.DoesNotContain("TorchSharp", File.ReadAllText(Path.Combine(Shared.Root, $"src/{project}/{project}.csproj")));
    }

    [Theory]
    [InlineData("Groundling.Core")]
    [InlineData("Groundling.Data")]
    [InlineData("Groundling.Export")]
    [InlineData("Groundling.Scenes")]
    public void Only_rendering_shapes_text(string project) =>
        Assert.DoesNotContain("HarfBuzz", File.ReadAllText(Path.Combine(Shared.Root, $"src/{project}/{project}.csproj")));

    [Fact]
    public void Only_executables_carry_libtorch()
    {
        var carrying = ProjectFiles("src")
            .Concat(ProjectFiles("tests"))
            .Concat(ProjectFiles("benchmarks"))
            .Where(file => File.ReadAllText(file) is var text && (text.Contains("TorchRuntime.targets") || text.Contains("libtorch")));
        Assert.All(carrying, file => Assert.Equal("Exe", XDocument.Load(file).XPathSelectElement("//OutputType")?.Value));
        Assert.Equal(
            ["Groundling.Benchmarks", "Groundling.Cli", "Groundling.DeviceCheck", "Groundling.Tests"],
            carrying.Select(Path.GetFileNameWithoutExtension).Order()
        );
    }

    private static IEnumerable<string> ProjectFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Shared.Root, folder), "*.csproj", SearchOption.AllDirectories);
}
