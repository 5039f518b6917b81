using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Groundling.Data;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Packages;

/// <summary>
/// What strangers get: the packages, the tool, and the example that is built on them. Takes minutes; run with
/// <c>-explicit only -class "*PackageTests" -showLiveOutput</c>.
/// </summary>
public sealed class PackageTests(ITestOutputHelper output) : IDisposable
{
    private const string Version = "0.0.0-test";                               // none that a machine's package folder could have already
    private static readonly string[] Libraries = ["Groundling", "Groundling.Core", "Groundling.Data", "Groundling.Diffusion", "Groundling.Evaluation", "Groundling.Rendering", "Groundling.Torch"];
    private static readonly string[] WithoutEngine = ["Groundling.Core", "Groundling.Data", "Groundling.Rendering"];
    private readonly TemporaryFolder _folder = new();

    private string Feed => _folder.File("artifacts/package/release");

    public void Dispose() => _folder.Dispose();

    [Fact(Explicit = true)]
    [Trait("Category", "Packages")]
    public async Task Packages_are_made_and_serve_a_stranger()
    {
        await DotnetAsync(Shared.Root, "pack", "-c", "Release", "--artifacts-path", _folder.File("artifacts"), $"-p:Version={Version}");
        foreach (var file in Directory.GetFiles(Feed).Order()) output.WriteLine($"{Path.GetFileName(file)}: {new FileInfo(file).Length / 1e6:F1} MB");
        foreach (var library in Libraries) CheckLibrary(library);
        Assert.Equal([.. Libraries, "Groundling.Cli", $"Groundling.Cli.{RuntimeInformation.RuntimeIdentifier}"], Directory.GetFiles(Feed, "*.nupkg").Select(file => Path.GetFileName(file)[..^$".{Version}.nupkg".Length]).Order().OrderBy(name => name.Contains("Cli")));

        // The tool.
        await DotnetAsync(_folder.Path, "tool", "install", "Groundling.Cli", "--version", Version, "--add-source", Feed, "--tool-path", _folder.File("tools"));
        var tool = _folder.File("tools/groundling");
        Assert.Equal(Version, (await RunAsync(tool, _folder.Path, "--version")).Works().Output.Split('+')[0].Trim());
        (await RunAsync(tool, _folder.Path, "new-model", "--preset", "tiny", "--out", "tiny")).Works();

        // The example, in the place beside the packages that it has in the repository; other packages come from where they come for the repository.
        var example = Directory.CreateDirectory(_folder.File("examples/TextToMask")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Shared.Root, "examples/TextToMask"))) File.Copy(file, Path.Combine(example, Path.GetFileName(file)));
        var machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
        await DotnetAsync(example, "build", "-c", "Release", "-o", _folder.File("example"), $"-p:GroundlingVersion={Version}", $"-p:RestorePackagesPath={_folder.File("packages")}", $"-p:RestoreFallbackFolders={machine}");
        var samples = Path.Combine(Shared.Root, "samples");
        var caption = File.ReadAllText(Path.Combine(samples, "harbor.txt")).Trim();
        var run = (await RunAsync(_folder.File("example/TextToMask"), _folder.Path, "tiny", Path.Combine(samples, "harbor.png"), caption, "overlay.png")).Works();
        Assert.Equal(Caption.Parse(caption).Phrases.Count, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.Contains(" pixels, score ")));
        Assert.True(Picture.Load(_folder.File("overlay.png")).Width >= 512);
        foreach (var (model, picture) in new[] { ("tiny", "nowhere.png"), ("nowhere", Path.Combine(samples, "harbor.png")) })
            (await RunAsync(_folder.File("example/TextToMask"), _folder.Path, model, picture, caption, "none.png")).RefusesInOneLine("nowhere");
    }

    /// <summary>Assembly, XML documentation, readme, licence and symbols are there; a libtorch is not.</summary>
    private void CheckLibrary(string name)
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{name}.{Version}.nupkg"));
        var files = package.Entries.Select(entry => entry.FullName).ToList();
        Assert.All([$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml", "PACKAGE.md"], file => Assert.Contains(file, files));
        using (var symbols = ZipFile.OpenRead(Path.Combine(Feed, $"{name}.{Version}.snupkg"))) Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/{name}.pdb");
        using var text = package.GetEntry($"{name}.nuspec")!.Open();
        var nuspec = XDocument.Load(text).Root!;
        var space = nuspec.Name.Namespace;
        Assert.Equal("MIT", nuspec.Descendants(space + "license").Single().Value);
        Assert.NotEmpty(nuspec.Descendants(space + "description").Single().Value);
        var dependencies = nuspec.Descendants(space + "dependency").Select(dependency => dependency.Attribute("id")!.Value).ToList();
        Assert.DoesNotContain(dependencies, dependency => dependency.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase) || dependency.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase));
        if (WithoutEngine.Contains(name)) Assert.DoesNotContain("TorchSharp", dependencies);
        Assert.Equal(name == "Groundling.Torch", dependencies.Contains("TorchSharp"));
        Assert.Equal(name == "Groundling.Torch", files.Contains("buildTransitive/Groundling.Torch.targets"));
    }

    private static async Task DotnetAsync(string folder, params string[] arguments)
    {
        var run = await RunAsync("dotnet", folder, arguments);
        Assert.True(run.Code == 0, $"dotnet {string.Join(' ', arguments)}\n{run.Output}{run.Error}");
    }

    private static async Task<CommandRun> RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await error);
    }
}
