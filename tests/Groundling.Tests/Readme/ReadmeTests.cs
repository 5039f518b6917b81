using System.Text.RegularExpressions;
using Groundling.Cli;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Tests.Diffusion;
using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Tests.Readme;

/// <summary>README.md does what it says: its commands run, its C# compiles and runs, its table names what there is.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private static readonly ReadmeText Readme = new("README.md");
    private static readonly string[] NotForTests =
    [
        "alias",
        "cd",
        "dotnet test",
        "dotnet pack",
        "dotnet tool",
        "dotnet nuget",
        "dotnet new",
        "dotnet add",
    ];
    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Environment.CurrentDirectory;
    private readonly TinyModel _tiny;

    public ReadmeTests(TinyModel tiny)
    {
        SymbolicLinks.SkipUnlessThere();
        // A reader's folder: the clone's own files, a photo, and a model, here a tiny one under the usual name.
        _tiny = tiny;
        foreach (var name in new[] { "samples", "configs", "models" })
            if (Directory.Exists(Path.Combine(Shared.Root, name)))
                Directory.CreateSymbolicLink(_folder.File(name), Path.Combine(Shared.Root, name));
        Directory.CreateSymbolicLink(_folder.File("stable-diffusion-v1-5"), tiny.Path);
        _folder.Write("horses.jpg", TinyModel.Gradient(160, 120).EncodePng());
        WriteSingleFiles();
        Environment.CurrentDirectory = _folder.Path;
    }

    private void WriteSingleFiles()
    {
        using var scope = NewDisposeScope();
        var model = _folder.File("original");
        ModelFolderWriter.WriteRandom(model, OriginalModel.First, seed: 3);
        SafetensorsWriter.Write(_folder.File("v1-5-pruned.safetensors"), OriginalModel.Tensors(model, isSecond: false));
        SafetensorsWriter.Write(_folder.File("vae-ft-mse-840000-ema-pruned.safetensors"), OriginalModel.Autoencoder(model));
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        _folder.Dispose();
    }

    [Fact]
    public void Its_commands_run()
    {
        var ran = new List<string>();
        var shared = new List<string>();
        foreach (var words in Readme.Commands)
        {
            var line = string.Join(' ', words);
            if (line == "dotnet run" || NotForTests.Any(start => line.StartsWith(start + " ")))
                continue;
            if (words[0] == "mpirun")
            {
                shared.Add(string.Join(' ', words.SkipWhile(word => word != "groundling").Skip(1)));
                continue;
            }
            var arguments =
                words[0] == "groundling" ? words[1..]
                : words[..2] is ["dotnet", "run"] ? words[(Array.IndexOf(words, "--") + 1)..]
                : throw new InvalidOperationException($"README says '{line}': say here how a test runs it");
            if (arguments[0] == "serve")
                Serves(arguments);
            else
                CommandRun.Of(arguments).Works();
            ran.Add(string.Join(' ', arguments));
        }
        Assert.True(ran.Count >= 6, "README has lost its commands");
        Assert.All(shared, line => Assert.Contains(line, ran)); // the same work, by several processes
        Assert.All(
            ["out/overlay.png", "result/phrases.json", "result/panoptic.png", "runs/smoke/checkpoints/last"],
            made => Assert.True(Path.Exists(made), made)
        );
    }

    [Fact]
    public async Task Its_code_compiles_and_runs()
    {
        var fences = Readme.Fences("csharp");
        const string first = "using Groundling;\nusing Groundling.Models;\nusing Groundling.Rendering;\n\n",
            testing = "using Groundling.Testing;\n\n";
        Assert.Equal(
            [
                first + Body(nameof(ReadmeCode.FiveLines)),
                Body(nameof(ReadmeCode.Opening)),
                Body(nameof(ReadmeCode.Answers)),
                Body(nameof(ReadmeCode.ManyPictures)),
                testing + Body(nameof(ReadmeCode.Double)),
            ],
            fences
        );
        Assert.Equal([fences[0]], new ReadmeText("docs/PACKAGE.md").Fences("csharp"));
        var console = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            ReadmeCode.FiveLines();
            await ReadmeCode.Opening(default);
            ReadmeCode.Answers(_tiny.Pipeline.Ground(Picture.Load("horses.jpg"), Caption.Parse("a man on a grey horse")));
            await ReadmeCode.ManyPictures(_tiny.Pipeline);
            ReadmeCode.Double();
        }
        finally
        {
            Console.SetOut(console);
        }
        Assert.Matches(@"the sky: \d+ pixels, score [01]\.\d\d", output.ToString());
        Assert.True(Picture.Load("overlay.png").Width >= 512);
        Assert.Matches(@"harbor.png: \d+ masks", output.ToString());
    }

    [Fact]
    public void Its_table_names_every_command_and_no_option_that_there_is_not()
    {
        var table = Readme.CommandTable;
        var help = CommandRun.Of("--help").Works().Output;
        Assert.Equal(
            CommandInHelp()
                .Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..help.IndexOf("Examples:", StringComparison.Ordinal)])
                .Select(match => match.Groups[1].Value)
                .Order(),
            table.Select(row => row.Command.Split(' ')[0]).Distinct().Order()
        );
        foreach (var (command, options) in table)
        {
            var own = CommandRun.Of([.. command.Split(' '), "--help"]).Works().Output;
            Assert.All(options, option => Assert.Contains(option, own));
        }
    }

    private static void Serves(string[] arguments)
    {
        using var stop = new CancellationTokenSource();
        using var output = new StopAtReady(stop);
        using var error = new StringWriter();
        Assert.True(CommandLine.Run([.. arguments, "--port", "0"], output, error, stop: stop.Token) == 0, error.ToString());
        Assert.Contains("is ready", output.ToString());
    }

    /// <summary>What a method of <see cref="ReadmeCode"/> says between its braces.</summary>
    private static string Body(string method)
    {
        var lines = File.ReadAllLines(Path.Combine(Shared.Root, "tests/Groundling.Tests/Readme/ReadmeCode.cs"));
        var begin = Array.FindIndex(lines, line => line.Contains($" {method}("));
        return string.Concat(lines.Skip(begin + 2).TakeWhile(line => line != "    }").Select(line => line[8..] + "\n"));
    }

    private sealed class StopAtReady(CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value!.Contains("is ready"))
                stop.Cancel();
        }
    }

    [GeneratedRegex(@"^  ([a-z][a-z-]*) ", RegexOptions.Multiline)]
    private static partial Regex CommandInHelp();
}
