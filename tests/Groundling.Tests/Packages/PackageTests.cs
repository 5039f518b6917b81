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
    private const string Version = "0.0.0-test"; // none that a machine's package folder could have already
    private static readonly string[] Libraries =
    [
        "Groundling",
        "Groundling.Core",
        "Groundling.Data",
        "Groundling.Diffusion",
        "Groundling.Evaluation",
        "Groundling.Export",
        "Groundling.Hosting",
        "Groundling.Hub",
        "Groundling.Models.Scenes",
        "Groundling.Rendering",
        "Groundling.Testing",
        "Groundling.Torch",
        "Groundling.Web",
    ];
    private static readonly string[] WithoutEngine =
    [
        "Groundling.Core",
        "Groundling.Data",
        "Groundling.Export",
        "Groundling.Hub",
        "Groundling.Rendering",
        "Groundling.Testing",
    ];
    private readonly TemporaryFolder _folder = new();

    private static string Machine =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");

    private string Feed => _folder.File("artifacts/package/release");

    public void Dispose() => _folder.Dispose();

    [Fact(Explicit = true)]
    [Trait("Category", "Packages")]
    public async Task Packages_are_made_and_serve_a_stranger()
    {
        await DotnetAsync(Shared.Root, "pack", "-c", "Release", "--artifacts-path", _folder.File("artifacts"), $"-p:Version={Version}");
        foreach (var file in Directory.GetFiles(Feed).Order())
            output.WriteLine($"{Path.GetFileName(file)}: {new FileInfo(file).Length / 1e6:F1} MB");
        foreach (var library in Libraries)
            CheckLibrary(library);
        Assert.Equal(
            [.. Libraries, "Groundling.Cli", $"Groundling.Cli.{RuntimeInformation.RuntimeIdentifier}"],
            Directory
                .GetFiles(Feed, "*.nupkg")
                .Select(file => Path.GetFileName(file)[..^$".{Version}.nupkg".Length])
                .Order()
                .OrderBy(name => name.Contains("Cli"))
        );

        // The tool.
        await DotnetAsync(
            _folder.Path,
            "tool",
            "install",
            "Groundling.Cli",
            "--version",
            Version,
            "--add-source",
            Feed,
            "--tool-path",
            _folder.File("tools")
        );
        var tool = _folder.File("tools/groundling");
        Assert.Equal(Version, (await RunAsync(tool, _folder.Path, "--version")).Works().Output.Split('+')[0].Trim());
        (await RunAsync(tool, _folder.Path, "new-model", "--preset", "tiny", "--out", "tiny")).Works();

        await AProgramFromNothingAsync();
        await AWebApplicationAsync();

        // The example, in the place beside the packages that it has in the repository; other packages come from where they come for the
        // repository.
        await ExampleAsync("TextToMask");
        var samples = Path.Combine(Shared.Root, "samples");
        var caption = File.ReadAllText(Path.Combine(samples, "harbor.txt")).Trim();
        var run = (
            await RunAsync(
                _folder.File("TextToMask/TextToMask"),
                _folder.Path,
                "tiny",
                Path.Combine(samples, "harbor.png"),
                caption,
                "overlay.png"
            )
        ).Works();
        Assert.Equal(
            Caption.Parse(caption).Phrases.Count,
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.Contains(" pixels, score "))
        );
        Assert.True(Picture.Load(_folder.File("overlay.png")).Width >= 512);
        foreach (var (model, picture) in new[] { ("tiny", "nowhere.png"), ("nowhere", Path.Combine(samples, "harbor.png")) })
            (await RunAsync(_folder.File("TextToMask/TextToMask"), _folder.Path, model, picture, caption, "none.png")).RefusesInOneLine(
                "nowhere"
            );
    }

    /// <summary>
    /// README's lines and nothing else: from <c>dotnet new console</c> to a picture of masks, and one line where the libtorch was
    /// forgotten.
    /// </summary>
    private async Task AProgramFromNothingAsync()
    {
        var readme = new Readme.ReadmeText("README.md");
        var lines = readme
            .Commands.SkipWhile(words => words is not ["dotnet", "new", "console", ..])
            .TakeWhile(words => words is not ["dotnet", "run"])
            .Where(words => words is not ["cd", ..])
            .ToList();
        Assert.Equal(3, lines.Count);
        var program = _folder.File(lines[0][^1]);
        Dictionary<string, string?> reader = new()
        {
            ["RestorePackagesPath"] = _folder.File("packages"),
            ["RestoreFallbackFolders"] = Machine,
            ["RestoreAdditionalProjectSources"] = Feed,
        };
        await DotnetAsync(_folder.Path, lines[0][1..], reader);
        await DotnetAsync(program, [.. lines[1][1..], "--version", Version], reader);
        File.WriteAllText(Path.Combine(program, "Program.cs"), readme.Fences("csharp")[0]);
        var forgotten = await RunAsync("dotnet", program, ["run"], reader);
        Assert.NotEqual(0, forgotten.Code);
        Assert.Contains(
            "dotnet add package libtorch-cpu-linux-x64 --version 2.10.0",
            forgotten.Error.Split('\n').First(line => line.StartsWith("Unhandled"))
        );
        await DotnetAsync(program, lines[2][1..], reader);
        var found = (await RunAsync("dotnet", program, ["run"], reader)).Works().Output;
        Assert.Equal(13, found.Split('\n').Count(line => line.Contains(" pixels, score ")));
        Assert.True(Picture.Load(Path.Combine(program, "overlay.png")).Width >= 512);
        var sizes = new DirectoryInfo(Path.Combine(program, "bin")).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        output.WriteLine($"bin: {sizes.Sum(file => file.Length) / 1e6:F0} MB in {sizes.Count} files");
    }

    private async Task AWebApplicationAsync()
    {
        await ExampleAsync("MaskService");
        using var process = Process.Start(
            new ProcessStartInfo(
                _folder.File("MaskService/MaskService"),
                ["--Groundling:ModelFolder", "tiny", "--urls", "http://127.0.0.1:0"]
            )
            {
                WorkingDirectory = _folder.Path,
                RedirectStandardOutput = true,
            }
        )!;
        try
        {
            string? line;
            do line = await process.StandardOutput.ReadLineAsync();
            while (line is not null && !line.Contains("listening on"));
            var unread = process.StandardOutput.ReadToEndAsync();
            using var client = new HttpClient { BaseAddress = new(line!.Split("listening on: ")[1].Trim()) };
            using var answer = await client.PostAsync("/masks", Form(TinyModel.Gradient(90, 60).EncodePng()));
            Assert.Equal(2, GroundingDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).Phrases.Count);
            using var refused = await client.PostAsync("/masks", Form([1, 2, 3]));
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("is not a picture", await refused.Content.ReadAsStringAsync());
            Assert.Contains("\"tiny\"", await client.GetStringAsync("/ground/v1/model"));
            Assert.Equal("Healthy", await client.GetStringAsync("/health"));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        static MultipartFormDataContent Form(byte[] picture) =>
            new() { { new ByteArrayContent(picture), "picture", "a.png" }, { new StringContent("[a man] on [a horse]"), "caption" } };
    }

    private async Task ExampleAsync(string name)
    {
        var example = Directory.CreateDirectory(_folder.File($"examples/{name}")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Shared.Root, $"examples/{name}")))
            File.Copy(file, Path.Combine(example, Path.GetFileName(file)));
        await DotnetAsync(
            example,
            "build",
            "-c",
            "Release",
            "-o",
            _folder.File(name),
            $"-p:GroundlingVersion={Version}",
            $"-p:RestorePackagesPath={_folder.File("packages")}",
            $"-p:RestoreFallbackFolders={Machine}"
        );
    }

    /// <summary>Assembly, XML documentation, readme, licence and symbols are there; a libtorch is not.</summary>
    private void CheckLibrary(string name)
    {
        using var package = ZipFile.OpenRead(Path.Combine(Feed, $"{name}.{Version}.nupkg"));
        var files = package.Entries.Select(entry => entry.FullName).ToList();
        Assert.All([$"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml", "PACKAGE.md"], file => Assert.Contains(file, files));
        using (var symbols = ZipFile.OpenRead(Path.Combine(Feed, $"{name}.{Version}.snupkg")))
            Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/{name}.pdb");
        using var text = package.GetEntry($"{name}.nuspec")!.Open();
        var nuspec = XDocument.Load(text).Root!;
        var space = nuspec.Name.Namespace;
        Assert.Equal("MIT", nuspec.Descendants(space + "license").Single().Value);
        Assert.NotEmpty(nuspec.Descendants(space + "description").Single().Value);
        var dependencies = nuspec.Descendants(space + "dependency").Select(dependency => dependency.Attribute("id")!.Value).ToList();
        Assert.DoesNotContain(
            dependencies,
            dependency =>
                dependency.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase)
                || dependency.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase)
        );
        if (WithoutEngine.Contains(name))
            Assert.DoesNotContain("TorchSharp", dependencies);
        if (name == "Groundling.Torch")
            Assert.Contains("TorchSharp", dependencies);
        Assert.Equal(name == "Groundling.Torch", files.Contains("buildTransitive/Groundling.Torch.targets"));
        if (name == "Groundling.Models.Scenes")
            Assert.All(
                [
                    "buildTransitive/Groundling.Models.Scenes.targets",
                    "models/scenes/unet/diffusion_pytorch_model.fp16.safetensors",
                    "models/scenes/grounding/model.safetensors",
                    "samples/harbor.png",
                    "samples/harbor.txt",
                ],
                file => Assert.Contains(file, files)
            );
    }

    private static Task DotnetAsync(string folder, params string[] arguments) => DotnetAsync(folder, arguments, []);

    private static async Task DotnetAsync(string folder, string[] arguments, Dictionary<string, string?> environment)
    {
        var run = await RunAsync("dotnet", folder, arguments, environment);
        Assert.True(run.Code == 0, $"dotnet {string.Join(' ', arguments)}\n{run.Output}{run.Error}");
    }

    private static Task<CommandRun> RunAsync(string program, string folder, params string[] arguments) =>
        RunAsync(program, folder, arguments, []);

    private static Task<CommandRun> RunAsync(string program, string folder, string[] arguments, Dictionary<string, string?> environment) =>
        Programs.Heard(program, arguments, folder).With(environment).ToEndAsync(TimeSpan.FromMinutes(15));
}
